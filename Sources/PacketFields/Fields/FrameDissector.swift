// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The walk over a frame that names its bits. Where headers begin and end is asked of the views of
/// `PacketHeaders`, which never lead out of the frame.
struct FrameDissector {
    private(set) var fields: [FrameField] = []
    /// Where the packet ends by its own account, in bytes; `nil` when it says nothing, or something
    /// that cannot be.
    private(set) var packetEnd: Int?
    private let frame: FrameBytes
    /// The first bit without a name.
    private var position = 0

    init(_ frame: FrameBytes) {
        self.frame = frame
        fields.reserveCapacity(28)
        if let ethernet = EthernetHeader(frame) { take(ethernet) }
        take(.payload, upTo: packetEnd ?? frame.count)
        take(.ethernetPadding, upTo: frame.count)
    }

    private var byte: Int { position / 8 }

    private mutating func take(_ layout: some Sequence<FieldDefinition>) {
        for field in layout { take(field.name, bits: field.bitCount ?? 0) }
    }

    private mutating func take(_ name: FieldName, bits: Int) {
        fields.append(FrameField(name: name, bitOffset: position, bitCount: bits))
        position += bits
    }

    /// The bytes up to an offset from the start of the frame, if there are any.
    private mutating func take(_ name: FieldName, upTo end: Int) {
        let bits = min(end, frame.count) * 8 - position
        guard bits > 0 else { return }
        take(name, bits: bits)
    }

    private mutating func take(_ ethernet: EthernetHeader) {
        take(Layout.ethernet)
        let vlans = VLANStack(ethernet)
        for layout in Layout.vlan.prefix(vlans.count) { take(layout) }
        guard vlans.end == .payload else { return }
        let packet = frame.dropFirst(vlans.payloadOffset)
        switch vlans.etherType {
        case .arp:
            if let header = ARPHeader(packet) { take(header) }
        case .ipv4:
            if let header = IPv4Header(packet) { take(header) }
        case .ipv6:
            if let header = IPv6Header(packet) { take(header) }
        case let type where type.isLength && Int(type.rawValue) <= packet.count:
            packetEnd = vlans.payloadOffset + Int(type.rawValue)
        default: break
        }
    }

    private mutating func take(_ header: ARPHeader) {
        take(Layout.arp)
        guard header.isEthernetIPv4 else { return }
        take(Layout.arpAddresses)
        packetEnd = byte
    }

    private mutating func take(_ header: IPv4Header) {
        let start = byte
        take(Layout.ipv4)
        if header.defect == nil { packetEnd = start + header.totalLength }
        guard header.headerLength >= IPv4Header.minimumByteCount,
            header.headerLength <= header.bytes.count
        else { return }
        take(.ipv4Options, upTo: start + header.headerLength)
        // The payload of a later fragment has no header at its start.
        guard header.fragmentPosition != .later else { return }
        take(header.protocol, header.payload)
    }

    private mutating func take(_ header: IPv6Header) {
        let start = byte
        take(Layout.ipv6)
        if header.defect == nil { packetEnd = start + IPv6Header.byteCount + header.payloadLength }
        let extensions = header.extensionHeaders
        if extensions.fragmentHeaderOffset > 0 {
            take(.ipv6ExtensionHeaders, upTo: start + extensions.fragmentHeaderOffset)
            take(Layout.ipv6Fragment)
        }
        take(.ipv6ExtensionHeaders, upTo: start + extensions.offset)
        guard extensions.end == .upperLayer else { return }
        take(
            extensions.finalProtocol,
            header.payload.dropFirst(extensions.offset - IPv6Header.byteCount))
    }

    private mutating func take(_ ipProtocol: IPProtocol, _ payload: FrameBytes) {
        let start = byte
        switch ipProtocol {
        case .udp where UDPHeader(payload) != nil:
            take(Layout.udp)
        case .tcp:
            guard let header = TCPHeader(payload) else { return }
            take(Layout.tcp)
            if header.hasWholeHeader { take(.tcpOptions, upTo: start + header.headerLength) }
        case .sctp where SCTPHeader(payload) != nil:
            take(Layout.sctp)
        case .icmp where ICMPHeader(payload) != nil:
            take(Layout.icmp)
        case .icmpv6 where ICMPv6Header(payload) != nil:
            take(Layout.icmpv6)
        default: break
        }
    }
}

/// The fields of the headers whose length is fixed, in the order of the wire.
private enum Layout {
    static let ethernet = FieldDefinition.layout("ethernet.")
    /// By the place of the tag in the stack, the outermost first.
    static let vlan = ["vlan.", "vlan2.", "vlan3.", "vlan4."].map(FieldDefinition.layout)
    /// The part of ARP that does not depend on the lengths of addresses.
    static let arp = FieldDefinition.layout("arp.").prefix(5)
    static let arpAddresses = FieldDefinition.layout("arp.").dropFirst(5)
    static let ipv4 = FieldDefinition.layout("ipv4.")
    static let ipv6 = FieldDefinition.layout("ipv6.").prefix(8)
    static let ipv6Fragment = FieldDefinition.layout("ipv6.fragment")
    static let udp = FieldDefinition.layout("udp.")
    static let tcp = FieldDefinition.layout("tcp.")
    static let sctp = FieldDefinition.layout("sctp.")
    static let icmp = FieldDefinition.layout("icmp.")
    static let icmpv6 = FieldDefinition.layout("icmpv6.")
}
