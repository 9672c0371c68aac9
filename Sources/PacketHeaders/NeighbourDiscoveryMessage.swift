// SPDX-License-Identifier: Apache-2.0

/// A solicitation or advertisement of a neighbour, or a solicitation of routers (RFC 4861, 4.1, 4.3 and 4.4), whose bytes
/// were looked at as the RFC asks of whoever receives it.
public struct NeighbourDiscoveryMessage: Equatable, Sendable {
    public let type: ICMPv6Header.MessageType
    /// Of a neighbour's: whom it is about.
    public let target: IPv6Address
    /// Of an advertisement: the sender is a router; it answers; what is known of it is to be written over.
    public let flags: UInt8
    /// That of the sender in a solicitation, that of the target in an advertisement, where it says so.
    public let mac: MACAddress?

    public var isSolicited: Bool { flags & 0x40 != 0 }
    public var overrides: Bool { flags & 0x20 != 0 }

    /// Where an advertisement's flags stand: router, solicited, override.
    public static let routerFlag: UInt8 = 0x80
    public static let solicitedFlag: UInt8 = 0x40
    public static let overrideFlag: UInt8 = 0x20

    /// A message of these types that holds a link-layer address: header, target, option.
    public static let byteCount = 32
    private static let sourceOption: UInt8 = 1
    private static let targetOption: UInt8 = 2

    /// Nil for a message that nobody may take in (RFC 4861, 6.1.1, 7.1.1 and 7.1.2): its checksum was looked at before, and
    /// the packet has no fragment header (RFC 6980, 5).
    /// - Parameter packet: the IPv6 header in front of it.
    public init?(_ message: ICMPv6Header, of packet: IPv6Header) {
        type = message.type
        let isRouters = type == .routerSolicitation
        let start = isRouters ? 8 : 24
        guard packet.hopLimit == 255, message.code == 0, message.bytes.count >= start,
            isRouters || type == .neighbourSolicitation || type == .neighbourAdvertisement
        else { return nil }
        let wanted = type == .neighbourAdvertisement ? Self.targetOption : Self.sourceOption
        switch Self.linkLayerAddress(wanted, message.bytes.dropFirst(start)) {
        case .malformed: return nil
        case .none: mac = nil
        case .address(let address): mac = address
        }
        target = message.targetAddress ?? IPv6Address(high: 0, low: 0)
        flags = message.bytes.uint8(at: 4) ?? 0
        let isFromNobody = packet.source.isUnspecified
        switch type {
        case .routerSolicitation: if isFromNobody, self.mac != nil { return nil }
        case .neighbourSolicitation:
            if target.isMulticast { return nil }
            if isFromNobody, !packet.destination.isSolicitedNode || self.mac != nil { return nil }
        default:
            if target.isMulticast || packet.destination.isMulticast && isSolicited { return nil }
        }
    }

    private enum LinkLayerAddress {
        /// An option has no length, or one that there are no bytes for (RFC 4861, 4.6).
        case malformed
        case none
        case address(MACAddress)
    }

    /// What the first option of a type says.
    private static func linkLayerAddress(
        _ wanted: UInt8, _ options: FrameBytes
    ) -> LinkLayerAddress {
        var found = LinkLayerAddress.none
        var rest = options
        while rest.count > 0 {
            guard let type = rest.uint8(at: 0), let units = rest.uint8(at: 1), units > 0,
                Int(units) * 8 <= rest.count
            else { return .malformed }
            if type == wanted, units == 1, case .none = found, let word = rest.uint64(at: 0) {
                found = .address(MACAddress(rawValue: word & 0xffff_ffff_ffff))
            }
            rest = rest.dropFirst(Int(units) * 8)
        }
        return found
    }
}
