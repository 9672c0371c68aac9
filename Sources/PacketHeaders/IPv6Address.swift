// SPDX-License-Identifier: Apache-2.0

/// An IPv6 address: two halves of 64 bits in host order.
@frozen public struct IPv6Address: Hashable, Comparable, Sendable {
    /// The first 64 bits on the wire.
    public let high: UInt64
    /// The last 64 bits on the wire.
    public let low: UInt64

    @inlinable @inline(__always) public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// `::` (RFC 4291, 2.5.2)
    @inlinable public var isUnspecified: Bool { high | low == 0 }

    /// `::1` (RFC 4291, 2.5.3)
    @inlinable public var isLoopback: Bool { high == 0 && low == 1 }

    /// `ff00::/8` (RFC 4291, 2.7)
    @inlinable public var isMulticast: Bool { high >> 56 == 0xff }

    /// `fe80::/10` (RFC 4291, 2.5.6)
    @inlinable public var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }

    @inlinable @inline(__always)
    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @inlinable @inline(__always)
    public static func == (left: IPv6Address, right: IPv6Address) -> Bool {
        left.high == right.high && left.low == right.low
    }
}
