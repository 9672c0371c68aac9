// SPDX-License-Identifier: Apache-2.0

/// An IPv4 network: an address whose bits beyond the length are zero, and the length.
public struct IPv4Prefix: Hashable, Sendable {
    public let address: IPv4Address
    /// 0 to 32.
    public let length: Int

    /// Keeps the network part of the address. The length must be 0 to 32.
    public init(containing address: IPv4Address, length: Int) {
        precondition((0...32).contains(length), "an IPv4 prefix has 0 to 32 bits")
        self.address = IPv4Address(rawValue: address.rawValue & Self.mask(length))
        self.length = length
    }

    /// The mask of a length, such as 255.255.255.0 for 24.
    @inlinable public static func mask(_ length: Int) -> UInt32 {
        length == 0 ? 0 : ~0 << UInt32(32 - length)
    }

    @inlinable public func contains(_ other: IPv4Address) -> Bool {
        other.rawValue & Self.mask(length) == address.rawValue
    }

    /// The last address of the network: the directed broadcast address for lengths up to 30.
    public var lastAddress: IPv4Address {
        IPv4Address(rawValue: address.rawValue | ~Self.mask(length))
    }
}

extension IPv4Prefix: CustomStringConvertible {
    public var description: String { "\(address)/\(length)" }
}
