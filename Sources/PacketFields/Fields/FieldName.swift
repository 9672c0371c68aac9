// SPDX-License-Identifier: Apache-2.0

/// The name of a field of a frame; its raw value is the spelling everywhere. The fields of a frame
/// share it out: each bit belongs to one of them. A field is a case here and its row below; docs/expectations.md
/// is made of them (`make documents`).
public enum FieldName: String, CaseIterable, Hashable, Sendable, Codable {
    case ethernetDestination = "ethernet.destination"
    case ethernetSource = "ethernet.source"
    case ethernetEtherType = "ethernet.etherType"
    case vlanPriority = "vlan.priority"
    case vlanDropEligible = "vlan.dropEligible"
    case vlanIdentifier = "vlan.identifier"
    case vlanEtherType = "vlan.etherType"
    case vlan2Priority = "vlan2.priority"
    case vlan2DropEligible = "vlan2.dropEligible"
    case vlan2Identifier = "vlan2.identifier"
    case vlan2EtherType = "vlan2.etherType"
    case vlan3Priority = "vlan3.priority"
    case vlan3DropEligible = "vlan3.dropEligible"
    case vlan3Identifier = "vlan3.identifier"
    case vlan3EtherType = "vlan3.etherType"
    case vlan4Priority = "vlan4.priority"
    case vlan4DropEligible = "vlan4.dropEligible"
    case vlan4Identifier = "vlan4.identifier"
    case vlan4EtherType = "vlan4.etherType"
    case arpHardwareType = "arp.hardwareType"
    case arpProtocolType = "arp.protocolType"
    case arpHardwareAddressLength = "arp.hardwareAddressLength"
    case arpProtocolAddressLength = "arp.protocolAddressLength"
    case arpOperation = "arp.operation"
    case arpSenderHardwareAddress = "arp.senderHardwareAddress"
    case arpSenderAddress = "arp.senderAddress"
    case arpTargetHardwareAddress = "arp.targetHardwareAddress"
    case arpTargetAddress = "arp.targetAddress"
    case ipv4Version = "ipv4.version"
    case ipv4HeaderLength = "ipv4.headerLength"
    case ipv4TypeOfService = "ipv4.typeOfService"
    case ipv4TotalLength = "ipv4.totalLength"
    case ipv4Identification = "ipv4.identification"
    case ipv4Flags = "ipv4.flags"
    case ipv4FragmentOffset = "ipv4.fragmentOffset"
    case ipv4TimeToLive = "ipv4.timeToLive"
    case ipv4Protocol = "ipv4.protocol"
    case ipv4HeaderChecksum = "ipv4.headerChecksum"
    case ipv4Source = "ipv4.source"
    case ipv4Destination = "ipv4.destination"
    case ipv4Options = "ipv4.options"
    case ipv6Version = "ipv6.version"
    case ipv6TrafficClass = "ipv6.trafficClass"
    case ipv6FlowLabel = "ipv6.flowLabel"
    case ipv6PayloadLength = "ipv6.payloadLength"
    case ipv6NextHeader = "ipv6.nextHeader"
    case ipv6HopLimit = "ipv6.hopLimit"
    case ipv6Source = "ipv6.source"
    case ipv6Destination = "ipv6.destination"
    case ipv6ExtensionHeaders = "ipv6.extensionHeaders"
    case ipv6FragmentNextHeader = "ipv6.fragmentNextHeader"
    case ipv6FragmentReserved = "ipv6.fragmentReserved"
    case ipv6FragmentOffset = "ipv6.fragmentOffset"
    case ipv6FragmentFlags = "ipv6.fragmentFlags"
    case ipv6FragmentIdentification = "ipv6.fragmentIdentification"
    case udpSourcePort = "udp.sourcePort"
    case udpDestinationPort = "udp.destinationPort"
    case udpLength = "udp.length"
    case udpChecksum = "udp.checksum"
    case tcpSourcePort = "tcp.sourcePort"
    case tcpDestinationPort = "tcp.destinationPort"
    case tcpSequenceNumber = "tcp.sequenceNumber"
    case tcpAcknowledgementNumber = "tcp.acknowledgementNumber"
    case tcpDataOffset = "tcp.dataOffset"
    case tcpReserved = "tcp.reserved"
    case tcpFlags = "tcp.flags"
    case tcpWindow = "tcp.window"
    case tcpChecksum = "tcp.checksum"
    case tcpUrgentPointer = "tcp.urgentPointer"
    case tcpOptions = "tcp.options"
    case sctpSourcePort = "sctp.sourcePort"
    case sctpDestinationPort = "sctp.destinationPort"
    case sctpVerificationTag = "sctp.verificationTag"
    case sctpChecksum = "sctp.checksum"
    case icmpType = "icmp.type"
    case icmpCode = "icmp.code"
    case icmpChecksum = "icmp.checksum"
    case icmpRest = "icmp.rest"
    case icmpv6Type = "icmpv6.type"
    case icmpv6Code = "icmpv6.code"
    case icmpv6Checksum = "icmpv6.checksum"
    case icmpv6Rest = "icmpv6.rest"
    case payload
    case ethernetPadding = "ethernet.padding"
}

extension FieldDefinition {
    /// All fields, in the order of a frame.
    public static let all: [FieldDefinition] = [
        FieldDefinition(.ethernetDestination, .macAddress, 48, "destination MAC address"),
        FieldDefinition(.ethernetSource, .macAddress, 48, "source MAC address"),
        FieldDefinition(
            .ethernetEtherType, .hexadecimal, 16,
            "what follows the two addresses: 0x8100 or 0x88a8 in a tagged frame"),
        FieldDefinition(.vlanPriority, .decimal, 3, "priority code point of the outermost tag"),
        FieldDefinition(.vlanDropEligible, .decimal, 1, "drop-eligible bit of the outermost tag"),
        FieldDefinition(.vlanIdentifier, .decimal, 12, "VLAN identifier of the outermost tag"),
        FieldDefinition(.vlanEtherType, .hexadecimal, 16, "what follows the outermost tag"),
        FieldDefinition(.vlan2Priority, .decimal, 3, "priority code point of the second tag"),
        FieldDefinition(.vlan2DropEligible, .decimal, 1, "drop-eligible bit of the second tag"),
        FieldDefinition(.vlan2Identifier, .decimal, 12, "VLAN identifier of the second tag"),
        FieldDefinition(.vlan2EtherType, .hexadecimal, 16, "what follows the second tag"),
        FieldDefinition(.vlan3Priority, .decimal, 3, "priority code point of the third tag"),
        FieldDefinition(.vlan3DropEligible, .decimal, 1, "drop-eligible bit of the third tag"),
        FieldDefinition(.vlan3Identifier, .decimal, 12, "VLAN identifier of the third tag"),
        FieldDefinition(.vlan3EtherType, .hexadecimal, 16, "what follows the third tag"),
        FieldDefinition(.vlan4Priority, .decimal, 3, "priority code point of the fourth tag"),
        FieldDefinition(.vlan4DropEligible, .decimal, 1, "drop-eligible bit of the fourth tag"),
        FieldDefinition(.vlan4Identifier, .decimal, 12, "VLAN identifier of the fourth tag"),
        FieldDefinition(.vlan4EtherType, .hexadecimal, 16, "what follows the fourth tag"),
        FieldDefinition(.arpHardwareType, .decimal, 16, "1 is Ethernet"),
        FieldDefinition(.arpProtocolType, .hexadecimal, 16, "0x0800 is IPv4"),
        FieldDefinition(.arpHardwareAddressLength, .decimal, 8, "6 for Ethernet"),
        FieldDefinition(.arpProtocolAddressLength, .decimal, 8, "4 for IPv4"),
        FieldDefinition(.arpOperation, .decimal, 16, "1 asks, 2 answers"),
        FieldDefinition(.arpSenderHardwareAddress, .macAddress, 48, "MAC address of the sender"),
        FieldDefinition(.arpSenderAddress, .ipv4Address, 32, "IPv4 address of the sender"),
        FieldDefinition(.arpTargetHardwareAddress, .macAddress, 48, "MAC address of the target"),
        FieldDefinition(.arpTargetAddress, .ipv4Address, 32, "IPv4 address of the target"),
        FieldDefinition(.ipv4Version, .decimal, 4, "4"),
        FieldDefinition(.ipv4HeaderLength, .units(bytes: 4), 4, "header and options, in bytes"),
        FieldDefinition(.ipv4TypeOfService, .hexadecimal, 8, "DSCP and ECN"),
        FieldDefinition(.ipv4TotalLength, .decimal, 16, "header and payload, in bytes"),
        FieldDefinition(.ipv4Identification, .hexadecimal, 16, "number of the datagram"),
        FieldDefinition(
            .ipv4Flags, .ipv4Flags, 3, "2 is \"don't fragment\", 1 is \"more fragments\""),
        FieldDefinition(.ipv4FragmentOffset, .units(bytes: 8), 13, "in bytes"),
        FieldDefinition(.ipv4TimeToLive, .decimal, 8, "time to live"),
        FieldDefinition(.ipv4Protocol, .decimal, 8, "1 is ICMP, 6 is TCP, 17 is UDP"),
        FieldDefinition(.ipv4HeaderChecksum, .hexadecimal, 16, "checksum of the header"),
        FieldDefinition(.ipv4Source, .ipv4Address, 32, "source address"),
        FieldDefinition(.ipv4Destination, .ipv4Address, 32, "destination address"),
        FieldDefinition(.ipv4Options, .bytes, nil, "options with their padding"),
        FieldDefinition(.ipv6Version, .decimal, 4, "6"),
        FieldDefinition(.ipv6TrafficClass, .hexadecimal, 8, "DSCP and ECN"),
        FieldDefinition(.ipv6FlowLabel, .hexadecimal, 20, "flow label"),
        FieldDefinition(
            .ipv6PayloadLength, .decimal, 16, "extension headers and payload, in bytes"),
        FieldDefinition(.ipv6NextHeader, .decimal, 8, "of the header that follows the 40 bytes"),
        FieldDefinition(.ipv6HopLimit, .decimal, 8, "hop limit"),
        FieldDefinition(.ipv6Source, .ipv6Address, 128, "source address"),
        FieldDefinition(.ipv6Destination, .ipv6Address, 128, "destination address"),
        FieldDefinition(
            .ipv6ExtensionHeaders, .bytes, nil, "extension headers, the fragment header apart"),
        FieldDefinition(
            .ipv6FragmentNextHeader, .decimal, 8, "next header, in the fragment header"),
        FieldDefinition(
            .ipv6FragmentReserved, .hexadecimal, 8, "reserved byte of the fragment header"),
        FieldDefinition(.ipv6FragmentOffset, .units(bytes: 8), 13, "in bytes"),
        FieldDefinition(.ipv6FragmentFlags, .decimal, 3, "1 is \"more fragments\""),
        FieldDefinition(.ipv6FragmentIdentification, .hexadecimal, 32, "number of the datagram"),
        FieldDefinition(.udpSourcePort, .decimal, 16, "source port"),
        FieldDefinition(.udpDestinationPort, .decimal, 16, "destination port"),
        FieldDefinition(.udpLength, .decimal, 16, "header and payload, in bytes"),
        FieldDefinition(.udpChecksum, .hexadecimal, 16, "0 is none, over IPv4"),
        FieldDefinition(.tcpSourcePort, .decimal, 16, "source port"),
        FieldDefinition(.tcpDestinationPort, .decimal, 16, "destination port"),
        FieldDefinition(.tcpSequenceNumber, .decimal, 32, "sequence number"),
        FieldDefinition(.tcpAcknowledgementNumber, .decimal, 32, "acknowledgement number"),
        FieldDefinition(.tcpDataOffset, .units(bytes: 4), 4, "header and options, in bytes"),
        FieldDefinition(.tcpReserved, .hexadecimal, 4, "reserved bits"),
        FieldDefinition(.tcpFlags, .tcpFlags, 8, "the control bits: 0x02 is SYN, 0x10 is ACK"),
        FieldDefinition(.tcpWindow, .decimal, 16, "as it stands in the header, not scaled"),
        FieldDefinition(.tcpChecksum, .hexadecimal, 16, "checksum"),
        FieldDefinition(.tcpUrgentPointer, .decimal, 16, "urgent pointer"),
        FieldDefinition(.tcpOptions, .bytes, nil, "options with their padding"),
        FieldDefinition(.sctpSourcePort, .decimal, 16, "source port"),
        FieldDefinition(.sctpDestinationPort, .decimal, 16, "destination port"),
        FieldDefinition(.sctpVerificationTag, .hexadecimal, 32, "tag of the association"),
        FieldDefinition(.sctpChecksum, .hexadecimal, 32, "CRC32c over the packet"),
        FieldDefinition(.icmpType, .decimal, 8, "type of the message"),
        FieldDefinition(.icmpCode, .decimal, 8, "code of the message"),
        FieldDefinition(.icmpChecksum, .hexadecimal, 16, "checksum"),
        FieldDefinition(
            .icmpRest, .hexadecimal, 32,
            "the four bytes behind the checksum, which depend on the type"),
        FieldDefinition(.icmpv6Type, .decimal, 8, "type of the message"),
        FieldDefinition(.icmpv6Code, .decimal, 8, "code of the message"),
        FieldDefinition(.icmpv6Checksum, .hexadecimal, 16, "checksum"),
        FieldDefinition(
            .icmpv6Rest, .hexadecimal, 32,
            "the four bytes behind the checksum, which depend on the type"),
        FieldDefinition(.payload, .bytes, nil, "what follows the last header that is named here"),
        FieldDefinition(
            .ethernetPadding, .bytes, nil, "what follows the packet, which says its own length"),
    ]
}
