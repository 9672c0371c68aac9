// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// What is to be written into an instance of the trie, all of it known before the first entry is touched: nodes that go,
/// then nodes that must be there, and numbers, each node in front of what is in it.
///
/// A node stands for a prefix of 16, 24, … bits: it is there where a longer prefix lies in it. Its entries stand for the
/// prefixes of 8 more bits, and each has the number of the longest prefix that it lies in, or leads to its own node.
struct TrieChange {
    typealias Key = IPv6PrefixKey

    enum Step {
        /// No longer prefix lies in this one: its entry has a number.
        case prune(Key, value: UInt16)
        /// Longer ones lie in this one.
        case ensure(Key)
        /// The entries of a node get a number, but for those that lead to nodes.
        case fill(node: Key, Range<Int>, value: UInt16)
    }

    private(set) var steps: [Step] = []

    /// What makes a table of nothing.
    init(_ tree: PrefixTree<Key>) { write(Key.all, tree) }

    /// What makes a table follow prefixes that changed.
    /// - Parameter tree: as it is afterwards.
    init(_ changed: [FIBStep<Key>], _ tree: PrefixTree<Key>) {
        // What is given back comes before anything is taken, so that no more than there are in the end are ever in use.
        for step in changed where step.after == 0 { prune(step.key, tree) }
        for step in changed { write(step.key, tree) }
    }

    /// The bits of the node that has the entries of a prefix.
    static func nodeLength(of length: Int) -> Int {
        length <= TrieFIB.rootBits ? 0 : (length - 1) / TrieFIB.nodeBits * TrieFIB.nodeBits
    }

    /// The bits of the prefixes that the entries of a node stand for.
    static func entryLength(in nodeLength: Int) -> Int {
        nodeLength == 0 ? TrieFIB.rootBits : nodeLength + TrieFIB.nodeBits
    }

    /// Which entry of a node an address has.
    static func index(_ address: UInt128, in nodeLength: Int) -> Int {
        let end = entryLength(in: nodeLength)
        let bits = address >> UInt128(Key.Bits.bitWidth - end)
        return Int(truncatingIfNeeded: bits & (1 << UInt128(end - nodeLength) - 1))
    }

    /// The entries of its node that stand for a prefix.
    static func entries(of key: Key) -> Range<Int> {
        let node = nodeLength(of: key.length)
        return index(key.address, in: node)..<index(key.lastAddress, in: node) + 1
    }

    /// The nodes on the way to the one that has the entries of a prefix, but for the root.
    private static func path(to key: Key) -> [Key] {
        stride(
            from: TrieFIB.rootBits, through: nodeLength(of: key.length), by: TrieFIB.nodeBits
        ).map { Key(key.address, $0) }
    }

    /// Whether a longer prefix lies in one.
    private static func isNode(_ key: Key, _ tree: PrefixTree<Key>) -> Bool {
        let top = tree.find(key).top
        guard top >= 0 else { return false }
        let node = tree.nodes[Int(top)]
        return node.key.length > key.length || node.children.0 >= 0 || node.children.1 >= 0
    }

    private mutating func prune(_ key: Key, _ tree: PrefixTree<Key>) {
        guard key.length > TrieFIB.rootBits,
            let end = Self.path(to: key).first(where: { !Self.isNode($0, tree) })
        else { return }
        steps.append(.prune(end, value: tree.find(end).value))
    }

    private mutating func write(_ key: Key, _ tree: PrefixTree<Key>) {
        if key.length > TrieFIB.rootBits {
            for node in Self.path(to: key) {
                guard Self.isNode(node, tree) else {
                    // Its entry says all.
                    return fill(node, with: tree.find(node).value)
                }
                steps.append(.ensure(node))
            }
        }
        let (value, top) = tree.find(key)
        fill(key, with: value)
        write(from: top, in: Self.nodeLength(of: key.length), value, tree)
    }

    private mutating func fill(_ key: Key, with value: UInt16) {
        steps.append(
            .fill(
                node: Key(key.address, Self.nodeLength(of: key.length)), Self.entries(of: key),
                value: value))
    }

    /// Writes the prefixes of a part of the tree into a node, and into those below it.
    /// - Parameter value: what the entries have so far.
    private mutating func write(
        from top: Int32, in nodeLength: Int, _ value: UInt16, _ tree: PrefixTree<Key>
    ) {
        guard top >= 0 else { return }
        let node = tree.nodes[Int(top)]
        let end = Self.entryLength(in: nodeLength)
        guard node.key.length <= end else {
            // An entry that leads to a node of its own.
            return writeNode(Key(node.key.address, end), value, from: top, tree)
        }
        var value = value
        if node.value != 0 {
            value = node.value
            fill(node.key, with: value)
        }
        if node.key.length == end {
            guard node.children.0 >= 0 || node.children.1 >= 0 else { return }
            steps.append(.ensure(node.key))
            fillAll(node.key, with: value)
            for child in [node.children.0, node.children.1] {
                write(from: child, in: end, value, tree)
            }
            return
        }
        // Not deeper than prefixes have bits.
        write(from: node.children.0, in: nodeLength, value, tree)
        write(from: node.children.1, in: nodeLength, value, tree)
    }

    private mutating func writeNode(
        _ key: Key, _ value: UInt16, from top: Int32, _ tree: PrefixTree<Key>
    ) {
        steps.append(.ensure(key))
        fillAll(key, with: value)
        write(from: top, in: key.length, value, tree)
    }

    private mutating func fillAll(_ node: Key, with value: UInt16) {
        steps.append(.fill(node: node, 0..<TrieFIB.nodeSize, value: value))
    }
}
