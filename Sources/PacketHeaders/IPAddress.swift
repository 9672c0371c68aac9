// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or an IPv6 address.
///
/// An IPv4 address is held as the IPv6 address that is mapped from it (`::ffff:192.0.2.1`; RFC 4291, 2.5.5.2), which no
/// packet may have and which no text gives: so two words hold either, and all IPv4 addresses lie in one row.
@frozen public struct IPAddress: Hashable, Sendable, Comparable, BitwiseCopyable {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    @usableFromInline static var mapped: UInt64 { 0xffff_0000_0000 }

    @inlinable @inline(__always) public init(_ address: IPv4Address) {
        high = 0
        low = Self.mapped | UInt64(address.rawValue)
    }

    @inlinable @inline(__always) public init(_ address: IPv6Address) {
        high = address.high
        low = address.low
    }

    /// The words of another one.
    @inlinable @inline(__always) public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses dotted decimal, or the forms of RFC 4291, 2.2. A mapped IPv4 address is none.
    public init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self.init(address)
        } else {
            guard let address = IPv6Address(text) else { return nil }
            self.init(address)
            if isIPv4 { return nil }
        }
    }

    @inlinable @inline(__always) public var isIPv4: Bool {
        high == 0 && low >> 32 == 0xffff
    }

    /// Nil for one of IPv6.
    @inlinable @inline(__always) public var ipv4: IPv4Address? {
        isIPv4 ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
    }

    /// Nil for one of IPv4.
    @inlinable @inline(__always) public var ipv6: IPv6Address? {
        isIPv4 ? nil : IPv6Address(high: high, low: low)
    }

    /// Its bits in a packet.
    @inlinable public var width: Int { isIPv4 ? 32 : 128 }

    /// All of IPv4 come before those of IPv6.
    @inlinable public static func < (left: IPAddress, right: IPAddress) -> Bool {
        if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @inlinable @inline(__always)
    public static func == (left: IPAddress, right: IPAddress) -> Bool {
        left.high == right.high && left.low == right.low
    }

    /// As it lies in a packet: 4 bytes, or 16.
    public var bytes: [UInt8] {
        let all = [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
        return isIPv4 ? Array(all[12...]) : all
    }

    /// `224.0.0.0/4`, `ff00::/8`
    public var isMulticast: Bool { ipv4?.isMulticast ?? ipv6?.isMulticast ?? false }

    /// `169.254.0.0/16`, `fe80::/10`
    public var isLinkLocal: Bool { ipv4?.isLinkLocal ?? ipv6?.isLinkLocal ?? false }

    /// A host may have it, on whatever network it is.
    public var isUnicast: Bool { ipv4?.isUnicast ?? ipv6?.isUnicast ?? false }

    /// A router may forward packets from here and to here.
    public var isRoutable: Bool { ipv4?.isRoutable ?? ipv6?.isRoutable ?? false }
}

extension IPAddress: CustomStringConvertible {
    public var description: String { ipv4?.description ?? ipv6?.description ?? "" }
}
