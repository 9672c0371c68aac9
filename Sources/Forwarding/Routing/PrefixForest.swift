// SPDX-License-Identifier: Apache-2.0

/// The prefixes of several tables that are in one memory, a tree for each.
struct PrefixForest<Key: FamilyPrefix>: Sendable {
    /// By the table's number.
    private var trees: [PrefixTree<Key>] = [PrefixTree()]

    /// The tables that there may be anything in.
    var tables: Range<UInt16> { 0..<UInt16(trees.count) }

    subscript(table: UInt16) -> PrefixTree<Key> {
        trees.indices.contains(Int(table)) ? trees[Int(table)] : PrefixTree()
    }

    /// Gives a prefix a number; 0 takes it away.
    mutating func set(_ key: Key, in table: UInt16, to value: UInt16) {
        while trees.count <= Int(table) { trees.append(PrefixTree()) }
        trees[Int(table)].set(key, to: value)
    }
}

/// The numbers of tables in the trie: IPv6 of the main VRF, and both families of each other one.
enum TrieTables {
    static let ipv6OfMain: UInt16 = 0

    /// - Parameter vrf: not the main one.
    static func ipv4(of vrf: UInt16) -> UInt16 { 2 * vrf - 1 }
    static func ipv6(of vrf: UInt16) -> UInt16 { 2 * vrf }
    /// The VRF of a table, and whether it is of IPv4.
    static func owner(of table: UInt16) -> (vrf: UInt16, isIPv4: Bool) {
        ((table + 1) / 2, table % 2 == 1)
    }
}

extension IPv6PrefixKey {
    /// One of IPv4, in the highest bits.
    init(ofIPv4 key: PrefixKey) { self.init(UInt128(key.address) << 96, key.length) }

    var ipv4: PrefixKey { PrefixKey(UInt32(truncatingIfNeeded: address >> 96), length) }
}
