// SPDX-License-Identifier: Apache-2.0

public import Dataplane
public import FreewayConfiguration
import PacketFields
public import PacketHeaders

/// The field of a frame that decided that it was dropped, named as in expectations, with what it held
/// and what would have been right: `ipv4.headerChecksum`, `0x1234, computed 0xabcd`.
///
/// Found on the control side from the drop reason and the frame's bytes, so that a drop costs the worker
/// nothing more for it.
public struct DecidingField: Sendable, Equatable {
    public let name: String
    public let value: String

    /// Nil where no field of the frame was looked at, but a queue or the end of the forwarder decided.
    /// - Parameters:
    ///   - frame: the beginning of the frame as the stage saw it that dropped it; any bytes do. 86 hold
    ///     all fields.
    ///   - frameLength: bytes of the whole frame.
    ///   - stage: that dropped it; nil between workers.
    ///   - interface: by which it came in, where that is known: what it is held against is of the same VRF.
    ///   - configuration: names ports and networks: the one in force now, which may not be that of the time.
    public init?(
        _ reason: DropReason, in frame: FrameBytes, frameLength: Int, by stage: Stage? = nil,
        on interface: String? = nil, _ configuration: Configuration
    ) {
        // Routing measures the packet, a cross-connect the frame, whatever is in it.
        let row =
            reason == .exceedsMTU && stage == .crossConnect ? "frame.length" : reason.row.field
        guard let row, row != "port" else { return nil }
        let tags = EthernetHeader(frame).map(VLANStack.init)
        guard row != "frame.length" else {
            name = row
            value =
                "\(frameLength)"
                + (reason == .truncatedFrame ? Self.needed(frameLength, tags, by: stage) : "")
            return
        }
        let fields = FrameFields((0..<frame.count).compactMap(frame.uint8))
        // Behind tags it is the type of the last one that decided.
        let types: [FieldName] = [
            .ethernetEtherType, .vlanEtherType, .vlan2EtherType, .vlan3EtherType, .vlan4EtherType,
        ]
        let isIPv6 = fields.field(.ipv6Version) != nil
        let fieldName =
            row == FieldName.ethernetEtherType.rawValue
            ? types[tags?.count ?? 0] : FieldName(rawValue: isIPv6 ? Self.ofIPv6[row] ?? row : row)
        guard let fieldName, let field = fields.field(fieldName) else { return nil }
        name = fieldName.rawValue
        if reason == .unknownVLAN, let tags {
            value = Self.text(tags)
            return
        }
        let start = tags?.payloadOffset ?? EthernetHeader.byteCount
        let all = configuration.interfaces
        let vrf = all.first { $0.name == interface }?.vrf
        let interfaces = all.filter { $0.vrf == vrf ?? $0.vrf }
        let detail =
            isIPv6
            ? IPv6Header(frame.dropFirst(start)).map {
                Self.detail(reason, $0, room: frameLength - start, interfaces)
            }
            : Self.detail(
                reason, IPv4Header(frame.dropFirst(start)), room: frameLength - start, interfaces)
        value = fields.text(of: field) + (detail ?? "")
    }

    /// Which field of IPv6 decides where one of IPv4 does.
    private static let ofIPv6: [String: String] = [
        FieldName.ipv4Version: FieldName.ipv6Version, .ipv4TotalLength: .ipv6PayloadLength,
        .ipv4TimeToLive: .ipv6HopLimit, .ipv4Source: .ipv6Source,
        .ipv4Destination: .ipv6Destination, .ipv4FragmentOffset: .ipv6FragmentOffset,
        .icmpChecksum: .icmpv6Checksum,
    ].reduce(into: [:]) { $0[$1.key.rawValue] = $1.value.rawValue }

    private static func detail(
        _ reason: DropReason, _ packet: IPv6Header, room: Int,
        _ interfaces: [Configuration.Interface]
    ) -> String {
        switch reason {
        case .badPayloadLength: ", \(room - IPv6Header.byteCount) in the frame"
        case .martianSource: source(IPAddress(packet.source), interfaces)
        case .martianDestination:
            packet.destination.isLinkLocal ? ", link-local (RFC 4291, 2.5.6)" : ""
        default: ""
        }
    }

    /// What the field was held against, where it can be told.
    /// - Parameter room: for the packet, in the frame.
    private static func detail(
        _ reason: DropReason, _ packet: IPv4Header?, room: Int,
        _ interfaces: [Configuration.Interface]
    ) -> String {
        guard let packet else { return "" }
        return switch reason {
        case .badHeaderLength: headerLength(packet, room)
        case .badTotalLength: totalLength(packet, room)
        case .badChecksum:
            ", computed " + FieldValue.hexadecimal(UInt64(checksum(packet)), bits: 16)
        case .martianSource: source(IPAddress(packet.source), interfaces)
        case .sourceRoute, .badOptions: options(packet, reason)
        case .martianDestination: linkLocal(packet.destination)
        default: ""
        }
    }

    /// All that interfaces are known by: `300 of 802.1ad, then 7`.
    private static func text(_ tags: VLANStack) -> String {
        (0..<tags.count).compactMap { tags.tag(at: $0) }
            .map { "\($0.identifier)" + ($0.type == .serviceVLAN ? " of 802.1ad" : "") }
            .joined(separator: ", then ")
    }

    /// A source that no packet of another host can have.
    private static func source(
        _ address: IPAddress, _ interfaces: [Configuration.Interface]
    ) -> String {
        for interface in interfaces {
            for own in interface.addresses {
                if own.address == address { return ", \(interface.title)'s own address" }
                if own.address.isIPv4, !own.isPointToPoint, own.network.lastAddress == address {
                    return ", the broadcast address of \(own.network) on \(interface.name)"
                }
            }
        }
        return address.ipv4.map(linkLocal) ?? ""
    }

    private static func linkLocal(_ address: IPv4Address) -> String {
        address.isLinkLocal ? ", link-local (RFC 3927)" : ""
    }

    private static func needed(
        _ frameLength: Int, _ tags: VLANStack?, by stage: Stage?
    ) -> String {
        guard let tags else { return ", an Ethernet header takes \(EthernetHeader.byteCount)" }
        let end = tags.payloadOffset
        if tags.end == .truncated { return ", its tag ends at \(end + VLANTag.byteCount)" }
        // A cross-connect looks at no packet.
        if stage == .validateIPv6 {
            return ", with an IPv6 header at least \(end + IPv6Header.byteCount)"
        }
        return stage == .crossConnect
            ? "" : ", with an IPv4 header at least \(end + IPv4Header.minimumByteCount)"
    }

    private static func options(_ packet: IPv4Header, _ reason: DropReason) -> String {
        guard packet.headerLength <= packet.bytes.count else { return "" }
        guard reason == .sourceRoute else {
            return packet.optionFault.map { ", byte \($0) is wrong" } ?? ""
        }
        let route = packet.options.first {
            $0.ipv4Type == .looseSourceRoute || $0.ipv4Type == .strictSourceRoute
        }
        guard let route else { return "" }
        let name = route.ipv4Type == .looseSourceRoute ? "loose" : "strict"
        return ", a \(name) source route at byte \(route.offset)"
    }

    private static func headerLength(_ packet: IPv4Header, _ room: Int) -> String {
        packet.headerLength < IPv4Header.minimumByteCount
            ? ", at least \(IPv4Header.minimumByteCount)" : ", \(room) in the frame"
    }

    private static func totalLength(_ packet: IPv4Header, _ room: Int) -> String {
        packet.totalLength < packet.headerLength
            ? ", the header alone has \(packet.headerLength)" : ", \(room) in the frame"
    }

    /// What the checksum field should hold: the sum over the header with zero in its place.
    private static func checksum(_ packet: IPv4Header) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(packet.bytes.prefix(10))
        sum.add(packet.bytes.prefix(packet.headerLength).dropFirst(12))
        return sum.value
    }
}
