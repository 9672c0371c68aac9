// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

/// A prefix of one family in as few words as it takes, so that a million of them are hashed, sorted and kept cheaply.
/// Sorted, a prefix stands before those that lie in it.
package protocol FamilyPrefix: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// An address, the first bit the highest.
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & Sendable

    /// Keeps the network part of the address.
    init(_ address: Bits, _ length: Int)

    var address: Bits { get }
    var length: Int { get }

    static func bits(of address: IPAddress) -> Bits
    static func ipAddress(_ bits: Bits) -> IPAddress
}

extension FamilyPrefix {
    package static var isIPv4: Bool { Bits.bitWidth == 32 }

    static func mask(_ length: Int) -> Bits {
        length == 0 ? 0 : Bits.max << Bits(Bits.bitWidth - length)
    }

    /// - Parameter prefix: of this family.
    package init(_ prefix: IPPrefix) { self.init(Self.bits(of: prefix.address), prefix.length) }

    static func host(_ address: Bits) -> Self { Self(address, Bits.bitWidth) }
    static func host(_ address: IPAddress) -> Self { host(bits(of: address)) }

    /// That of all addresses.
    static var all: Self { Self(0, 0) }

    var lastAddress: Bits { address | ~Self.mask(length) }

    package var prefix: IPPrefix {
        IPPrefix(containing: Self.ipAddress(address), length: length)
    }

    package var description: String { "\(prefix)" }

    /// How many bits both begin with.
    func commonLength(_ other: Self) -> Int {
        Swift.min(length, other.length, (address ^ other.address).leadingZeroBitCount)
    }

    func bit(at position: Int) -> Int {
        Int(truncatingIfNeeded: address >> Bits(Bits.bitWidth - 1 - position) & 1)
    }
}

/// One of IPv4, in one word: the address in front of the length.
package struct PrefixKey: FamilyPrefix {
    let rawValue: UInt64

    package init(_ address: UInt32, _ length: Int) {
        rawValue = UInt64(address & Self.mask(length)) << 8 | UInt64(length)
    }

    package var address: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 8) }
    package var length: Int { Int(rawValue & 0xff) }

    package static func bits(of address: IPAddress) -> UInt32 {
        UInt32(truncatingIfNeeded: address.low)
    }

    package static func ipAddress(_ bits: UInt32) -> IPAddress {
        IPAddress(IPv4Address(rawValue: bits))
    }

    package static func < (left: PrefixKey, right: PrefixKey) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One of IPv6.
package struct IPv6PrefixKey: FamilyPrefix {
    private let high: UInt64
    private let low: UInt64
    private let bitCount: UInt8

    package init(_ address: UInt128, _ length: Int) {
        let address = address & Self.mask(length)
        high = UInt64(truncatingIfNeeded: address >> 64)
        low = UInt64(truncatingIfNeeded: address)
        bitCount = UInt8(length)
    }

    package var address: UInt128 { UInt128(high) << 64 | UInt128(low) }
    package var length: Int { Int(bitCount) }

    package static func bits(of address: IPAddress) -> UInt128 {
        UInt128(address.high) << 64 | UInt128(address.low)
    }

    package static func ipAddress(_ bits: UInt128) -> IPAddress {
        IPAddress(
            high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    package static func < (left: IPv6PrefixKey, right: IPv6PrefixKey) -> Bool {
        (left.high, left.low, left.bitCount) < (right.high, right.low, right.bitCount)
    }
}
