// SPDX-License-Identifier: Apache-2.0

/// What an IP packet carries: IPv4's Protocol, IPv6's Next Header (numbers from IANA).
@frozen public struct IPProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IPv6 hop-by-hop options, RFC 8200, 4.3
    @inlinable public static var hopByHop: IPProtocol { IPProtocol(rawValue: 0) }
    /// RFC 792
    @inlinable public static var icmp: IPProtocol { IPProtocol(rawValue: 1) }
    /// RFC 9776
    @inlinable public static var igmp: IPProtocol { IPProtocol(rawValue: 2) }
    /// IPv4 in IP, RFC 2003
    @inlinable public static var ipv4: IPProtocol { IPProtocol(rawValue: 4) }
    /// RFC 9293
    @inlinable public static var tcp: IPProtocol { IPProtocol(rawValue: 6) }
    /// RFC 768
    @inlinable public static var udp: IPProtocol { IPProtocol(rawValue: 17) }
    /// IPv6 in IP, RFC 2473
    @inlinable public static var ipv6: IPProtocol { IPProtocol(rawValue: 41) }
    /// IPv6 routing header, RFC 8200, 4.4
    @inlinable public static var routing: IPProtocol { IPProtocol(rawValue: 43) }
    /// IPv6 fragment header, RFC 8200, 4.5
    @inlinable public static var fragment: IPProtocol { IPProtocol(rawValue: 44) }
    /// RFC 2784
    @inlinable public static var gre: IPProtocol { IPProtocol(rawValue: 47) }
    /// RFC 4303
    @inlinable public static var esp: IPProtocol { IPProtocol(rawValue: 50) }
    /// RFC 4302
    @inlinable public static var authentication: IPProtocol { IPProtocol(rawValue: 51) }
    /// RFC 4443
    @inlinable public static var icmpv6: IPProtocol { IPProtocol(rawValue: 58) }
    /// IPv6 packet without a payload, RFC 8200, 4.7
    @inlinable public static var noNextHeader: IPProtocol { IPProtocol(rawValue: 59) }
    /// IPv6 destination options, RFC 8200, 4.6
    @inlinable public static var destinationOptions: IPProtocol { IPProtocol(rawValue: 60) }
    /// RFC 2328 and RFC 5340
    @inlinable public static var ospf: IPProtocol { IPProtocol(rawValue: 89) }
    /// RFC 9568
    @inlinable public static var vrrp: IPProtocol { IPProtocol(rawValue: 112) }
    /// RFC 9260
    @inlinable public static var sctp: IPProtocol { IPProtocol(rawValue: 132) }

    /// TCP, UDP and SCTP: the header starts with a source and a destination port of 16 bits.
    @inlinable @inline(__always)
    public var hasPorts: Bool { self == .tcp || self == .udp || self == .sctp }

    @inlinable @inline(__always)
    public static func == (left: IPProtocol, right: IPProtocol) -> Bool {
        left.rawValue == right.rawValue
    }
}

extension IPProtocol: CustomStringConvertible {
    /// The number in decimal.
    public var description: String { String(rawValue) }
}
