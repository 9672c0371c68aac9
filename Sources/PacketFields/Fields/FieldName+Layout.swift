// SPDX-License-Identifier: Apache-2.0

extension FieldName {
    /// The fields of the headers whose length is fixed, in the order of the wire.
    enum Layout {
        static let ethernet = widths(.ethernetDestination, .ethernetSource, .ethernetEtherType)
        /// By the place of the tag in the stack, the outermost first.
        static let vlan = [
            widths(.vlanPriority, .vlanDropEligible, .vlanIdentifier, .vlanEtherType),
            widths(.vlan2Priority, .vlan2DropEligible, .vlan2Identifier, .vlan2EtherType),
            widths(.vlan3Priority, .vlan3DropEligible, .vlan3Identifier, .vlan3EtherType),
            widths(.vlan4Priority, .vlan4DropEligible, .vlan4Identifier, .vlan4EtherType),
        ]
        /// The part of ARP that does not depend on the lengths of addresses.
        static let arp = widths(
            .arpHardwareType, .arpProtocolType, .arpHardwareAddressLength,
            .arpProtocolAddressLength, .arpOperation)
        static let arpAddresses = widths(
            .arpSenderHardwareAddress, .arpSenderAddress, .arpTargetHardwareAddress,
            .arpTargetAddress)
        static let ipv4 = widths(
            .ipv4Version, .ipv4HeaderLength, .ipv4TypeOfService, .ipv4TotalLength,
            .ipv4Identification, .ipv4Flags, .ipv4FragmentOffset, .ipv4TimeToLive, .ipv4Protocol,
            .ipv4HeaderChecksum, .ipv4Source, .ipv4Destination)
        static let ipv6 = widths(
            .ipv6Version, .ipv6TrafficClass, .ipv6FlowLabel, .ipv6PayloadLength, .ipv6NextHeader,
            .ipv6HopLimit, .ipv6Source, .ipv6Destination)
        static let ipv6Fragment = widths(
            .ipv6FragmentNextHeader, .ipv6FragmentReserved, .ipv6FragmentOffset,
            .ipv6FragmentFlags, .ipv6FragmentIdentification)
        static let udp = widths(
            .udpSourcePort, .udpDestinationPort, .udpLength, .udpChecksum)
        static let tcp = widths(
            .tcpSourcePort, .tcpDestinationPort, .tcpSequenceNumber, .tcpAcknowledgementNumber,
            .tcpDataOffset, .tcpReserved, .tcpFlags, .tcpWindow, .tcpChecksum, .tcpUrgentPointer)
        static let icmp = widths(.icmpType, .icmpCode, .icmpChecksum, .icmpRest)
        static let icmpv6 = widths(.icmpv6Type, .icmpv6Code, .icmpv6Checksum, .icmpv6Rest)

        private static func widths(_ names: FieldName...) -> [(name: FieldName, bits: Int)] {
            names.map { ($0, $0.definition.bitCount ?? 0) }
        }
    }
}
