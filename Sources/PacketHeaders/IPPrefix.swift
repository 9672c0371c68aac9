// SPDX-License-Identifier: Apache-2.0

/// A network of IPv4 or IPv6: an address whose bits beyond the length are zero, and the length.
public struct IPPrefix: Hashable, Sendable {
    public let address: IPAddress
    /// 0 to 32, or 0 to 128.
    public let length: Int

    /// Keeps the network part of the address. The length must be one of its family's.
    public init(containing address: IPAddress, length: Int) {
        precondition((0...address.width).contains(length), "a prefix is no longer than an address")
        self.length = length
        self.address = Self.masked(address, length, or: (0, 0))
    }

    /// Where the length is beyond its family's: nil.
    public init?(_ address: IPAddress, _ length: Int) {
        guard (0...address.width).contains(length) else { return nil }
        self.init(containing: address, length: length)
    }

    public static let allIPv4 = IPPrefix(
        containing: IPAddress(IPv4Address(rawValue: 0)), length: 0)
    public static let allIPv6 = IPPrefix(
        containing: IPAddress(IPv6Address(high: 0, low: 0)), length: 0)

    public var isIPv4: Bool { address.isIPv4 }
    /// Bits of its addresses.
    public var width: Int { address.width }

    public func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == isIPv4 && Self.masked(other, length, or: (0, 0)) == address
    }

    /// Whether all addresses of another one are in this one.
    public func contains(_ other: IPPrefix) -> Bool {
        other.length >= length && contains(other.address)
    }

    /// The last address of the network: of IPv4 the directed broadcast address for lengths up to 30.
    public var lastAddress: IPAddress {
        Self.masked(address, length, or: (.max, .max))
    }

    /// An address whose bits beyond a length are others.
    private static func masked(
        _ address: IPAddress, _ length: Int, or bits: (high: UInt64, low: UInt64)
    ) -> IPAddress {
        let kept = address.isIPv4 ? 96 + length : length
        let high = kept == 0 ? 0 : ~UInt64(0) << UInt64(max(0, 64 - kept))
        let low = kept <= 64 ? 0 : ~UInt64(0) << UInt64(128 - kept)
        return IPAddress(
            high: address.high & high | bits.high & ~high,
            low: address.low & low | bits.low & ~low)
    }
}

extension IPPrefix: CustomStringConvertible {
    public var description: String { "\(address)/\(length)" }
}
