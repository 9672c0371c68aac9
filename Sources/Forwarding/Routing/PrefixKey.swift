// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// A prefix in one word, so that a million of them are hashed, sorted and kept cheaply: the address in
/// front of the length. Sorted, a prefix stands before those that lie in it.
struct PrefixKey: Hashable, Comparable, Sendable {
    let rawValue: UInt64

    /// Keeps the network part of the address.
    init(_ address: UInt32, _ length: Int) {
        rawValue = UInt64(address & IPv4Prefix.mask(length)) << 8 | UInt64(length)
    }

    init(_ prefix: IPv4Prefix) { self.init(prefix.address.rawValue, prefix.length) }

    static func host(_ address: IPv4Address) -> PrefixKey { PrefixKey(address.rawValue, 32) }

    var address: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 8) }
    var length: Int { Int(rawValue & 0xff) }
    var lastAddress: UInt32 { address | ~IPv4Prefix.mask(length) }

    var prefix: IPv4Prefix {
        IPv4Prefix(containing: IPv4Address(rawValue: address), length: length)
    }

    static func < (left: PrefixKey, right: PrefixKey) -> Bool { left.rawValue < right.rawValue }
}

extension PrefixKey: CustomStringConvertible {
    var description: String { "\(prefix)" }
}
