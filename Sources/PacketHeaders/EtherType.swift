// SPDX-License-Identifier: Apache-2.0

/// What an Ethernet frame carries, in host order (IEEE 802.3, 3.2.6; numbers from IANA).
@frozen public struct EtherType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable @inline(__always) public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// RFC 894
    @inlinable public static var ipv4: EtherType { EtherType(rawValue: 0x0800) }
    /// RFC 826
    @inlinable public static var arp: EtherType { EtherType(rawValue: 0x0806) }
    /// IEEE 802.1Q customer tag
    @inlinable public static var vlan: EtherType { EtherType(rawValue: 0x8100) }
    /// IEEE 802.1ad service tag
    @inlinable public static var serviceVLAN: EtherType { EtherType(rawValue: 0x88a8) }
    /// RFC 2464
    @inlinable public static var ipv6: EtherType { EtherType(rawValue: 0x86dd) }
    /// IEEE 802.3 slow protocols: LACP, OAM
    @inlinable public static var slowProtocols: EtherType { EtherType(rawValue: 0x8809) }
    /// RFC 5332
    @inlinable public static var mpls: EtherType { EtherType(rawValue: 0x8847) }
    /// RFC 5332, upstream-assigned labels
    @inlinable public static var mplsUpstream: EtherType { EtherType(rawValue: 0x8848) }
    /// RFC 2516
    @inlinable public static var pppoeDiscovery: EtherType { EtherType(rawValue: 0x8863) }
    /// RFC 2516
    @inlinable public static var pppoeSession: EtherType { EtherType(rawValue: 0x8864) }
    /// IEEE 802.1AB
    @inlinable public static var lldp: EtherType { EtherType(rawValue: 0x88cc) }

    /// A tag of 802.1Q or 802.1ad: four more bytes stand before the real EtherType.
    @inlinable @inline(__always)
    public var isVLAN: Bool { rawValue == 0x8100 || rawValue == 0x88a8 }

    /// Not a type but the length of an IEEE 802.3 frame: below 1536.
    @inlinable @inline(__always) public var isLength: Bool { rawValue < 0x0600 }

    @inlinable @inline(__always) public static func == (left: EtherType, right: EtherType) -> Bool {
        left.rawValue == right.rawValue
    }
}

extension EtherType: CustomStringConvertible {
    /// Four hexadecimal digits, as in `0x0800`.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
