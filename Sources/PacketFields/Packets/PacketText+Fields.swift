// SPDX-License-Identifier: Apache-2.0

extension PacketText {
    /// More tags have no names of their own.
    package static let mostNamedTags = 4

    /// The fields that the words speak of: tags, addresses, protocol and ports always, what an option sets
    /// where the option is given. In the order of the frame.
    package var comparedFields: [FieldName] {
        let names = FieldName.vlanNames.prefix(tags.count).flatMap {
            [$0.identifier, $0.etherType]
        }
        let fields = Set(
            [.ethernetEtherType] + names + networkFields + transportFields + givenFields)
        return FieldName.allCases.filter(fields.contains)
    }

    private var networkFields: [FieldName] {
        switch network {
        case .ipv4: [.ipv4Source, .ipv4Destination, .ipv4Protocol]
        case .ipv6: [.ipv6Source, .ipv6Destination, .ipv6NextHeader]
        case .arp: [.arpOperation, .arpSenderAddress, .arpTargetAddress]
        }
    }

    private var transportFields: [FieldName] {
        // What follows the first fragment is payload.
        guard fragmentOffset == 0 else { return [] }
        return switch transport {
        case .udp: [.udpSourcePort, .udpDestinationPort]
        case .tcp: [.tcpSourcePort, .tcpDestinationPort]
        case .icmp:
            if case .ipv6 = network { [.icmpv6Type, .icmpv6Code] } else { [.icmpType, .icmpCode] }
        case .other, nil: []
        }
    }

    private var givenFields: [FieldName] {
        given.flatMap { option -> [FieldName] in
            switch option {
            case .ttl: [isIPv6 ? .ipv6HopLimit : .ipv4TimeToLive]
            case .tos: [isIPv6 ? .ipv6TrafficClass : .ipv4TypeOfService]
            case .id: [.ipv4Identification]
            case .df, .mf: [.ipv4Flags]
            case .offset: [.ipv4FragmentOffset]
            case .length: [isIPv6 ? .ipv6PayloadLength : .ipv4TotalLength]
            case .flags: [.tcpFlags]
            case .checksum: [.ipv4HeaderChecksum]
            case .payload: [.payload]
            case .vlan, .svlan: []
            case .from: isARP ? [.ethernetSource, .arpSenderHardwareAddress] : [.ethernetSource]
            case .to: [.ethernetDestination]
            }
        }
    }

    private var isIPv6: Bool { if case .ipv6 = network { true } else { false } }
    private var isARP: Bool { if case .arp = network { true } else { false } }

    /// Whether the words give a header checksum of their own, which may be wrong.
    package var namesChecksum: Bool { given.contains(.checksum) }

    /// How many flows there can be that differ in their source port, from this one on; nil without ports.
    package var mostFlows: Int? {
        switch transport {
        case .udp(let source, _), .tcp(let source, _): 65_536 - Int(source)
        default: nil
        }
    }

    /// The packet of another flow: its source port is so much higher.
    package func flow(_ number: Int) -> PacketText {
        var packet = self
        switch transport {
        case .udp(let source, let destination):
            packet.transport = .udp(source: source &+ UInt16(number), destination: destination)
        case .tcp(let source, let destination):
            packet.transport = .tcp(source: source &+ UInt16(number), destination: destination)
        default: break
        }
        return packet
    }
}

extension FieldName {
    fileprivate static let vlanNames: [(identifier: FieldName, etherType: FieldName)] = [
        (.vlanIdentifier, .vlanEtherType), (.vlan2Identifier, .vlan2EtherType),
        (.vlan3Identifier, .vlan3EtherType), (.vlan4Identifier, .vlan4EtherType),
    ]
}
