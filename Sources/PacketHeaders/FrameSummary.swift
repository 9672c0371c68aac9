// SPDX-License-Identifier: Apache-2.0

/// A frame parsed to its flow: Ethernet, up to four VLAN tags, IPv4 or IPv6, ports.
///
/// Any bytes give a summary; a frame that is cut or malformed is named by what can be read of it:
/// - ports belong to TCP, UDP and SCTP, and never to a fragment, not even the first, so that all
///   fragments of a datagram have one key. An atomic fragment (RFC 6946) is a whole datagram and
///   keeps its ports;
/// - an IPv6 fragment's protocol is `fragment`: the later ones do not know the real one;
/// - an IP header that is cut, or of the wrong version, leaves an `ethernet` flow; one of fewer
///   than 14 bytes has zero addresses and EtherType 0;
/// - a tunnel is named by its outer header.
@frozen public struct FrameSummary: Sendable {
    public let vlans: VLANStack
    public let flow: FlowKey
    /// The frame's source is `flow.first`. Equal endpoints count as `true`.
    public let isSourceFirst: Bool
    public let fragmentPosition: FragmentPosition
    /// Where the upper layer begins, in bytes from the start of the frame: the headers of IP and
    /// its extensions are before it. Never beyond the end; for `ethernet` behind the VLAN tags.
    public let transportOffset: Int

    @inlinable public init(_ frame: FrameBytes) {
        guard let ethernet = EthernetHeader(frame) else {
            let nowhere = FlowEndpoint(MACAddress(rawValue: 0))
            self.init(
                VLANStack(), .ethernet, type: 0, hasPorts: false, from: nowhere, to: nowhere,
                .whole, transportOffset: frame.count)
            return
        }
        let vlans = VLANStack(ethernet)
        let packet = frame.dropFirst(vlans.payloadOffset)
        if vlans.etherType == .ipv4, let header = IPv4Header(packet), header.version == 4 {
            self.init(vlans, header)
        } else if vlans.etherType == .ipv6, let header = IPv6Header(packet), header.version == 6 {
            self.init(vlans, header)
        } else {
            self.init(
                vlans, .ethernet, type: vlans.etherType.rawValue, hasPorts: false,
                from: FlowEndpoint(ethernet.source), to: FlowEndpoint(ethernet.destination),
                .whole, transportOffset: vlans.payloadOffset)
        }
    }

    @inlinable @inline(__always) init(_ vlans: VLANStack, _ header: IPv4Header) {
        let position = header.fragmentPosition
        var ports: UInt32?
        if header.protocol.hasPorts, position == .whole { ports = header.payload.uint32(at: 0) }
        self.init(
            vlans, .ipv4, type: UInt16(header.protocol.rawValue), hasPorts: ports != nil,
            from: FlowEndpoint(header.source, port: UInt16((ports ?? 0) >> 16)),
            to: FlowEndpoint(header.destination, port: UInt16((ports ?? 0) & 0xffff)),
            position,
            transportOffset: vlans.payloadOffset &+ min(header.headerLength, header.bytes.count))
    }

    @inlinable @inline(__always) init(_ vlans: VLANStack, _ header: IPv6Header) {
        let extensions = header.extensionHeaders
        let position = extensions.fragmentPosition
        var next = extensions.finalProtocol
        var ports: UInt32?
        if position.isFragment {
            next = .fragment
        } else if next.hasPorts {
            let offset = extensions.offset &- IPv6Header.byteCount
            ports = header.payload.uint32(at: offset)
        }
        self.init(
            vlans, .ipv6, type: UInt16(next.rawValue), hasPorts: ports != nil,
            from: FlowEndpoint(header.source, port: UInt16((ports ?? 0) >> 16)),
            to: FlowEndpoint(header.destination, port: UInt16((ports ?? 0) & 0xffff)),
            position, transportOffset: vlans.payloadOffset &+ extensions.offset)
    }

    @inlinable @inline(__always) init(
        _ vlans: VLANStack, _ kind: FlowKey.Kind, type: UInt16, hasPorts: Bool,
        from source: FlowEndpoint, to destination: FlowEndpoint, _ position: FragmentPosition,
        transportOffset: Int
    ) {
        self.vlans = vlans
        flow = FlowKey(kind, type: type, hasPorts: hasPorts, source, destination)
        isSourceFirst = !(destination < source)
        fragmentPosition = position
        self.transportOffset = transportOffset
    }
}
