// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// What is to be written into an instance of the trie, all of it known before the first entry is touched: nodes that go,
/// then nodes that must be there, and numbers, each node in front of what is in it.
///
/// A node stands for a prefix of 16, 24, … bits: it is there where a longer prefix lies in it. Its entries stand for the
/// prefixes of 8 more bits, and each has the number of the longest prefix that it lies in, or leads to its own node. Of tables
/// behind the first, whose root is a node, also of 0 and 8 bits.
struct TrieChange {
    typealias Key = IPv6PrefixKey

    enum Step {
        /// No longer prefix lies in this one: its entry has a number.
        case prune(Key, value: UInt16)
        /// Longer ones lie in this one.
        case ensure(Key)
        /// The entries of a node get a number, but for those that lead to nodes.
        case fill(node: Key, Range<Int>, value: UInt16)
        /// A table has its root, where that is a node, and none where it has no prefix.
        case ensureRoot
        case pruneRoot
    }

    struct TableStep {
        let table: UInt16
        let step: Step
    }

    private(set) var steps: [TableStep] = []
    /// Which is written now.
    private var table: UInt16 = 0

    /// What makes tables of nothing.
    init(_ trees: PrefixForest<Key>) {
        for table in trees.tables {
            let tree = trees[table]
            self.table = table
            guard table == 0 || tree.root >= 0 else { continue }
            if table > 0 { note(.ensureRoot) }
            write(Key.all, tree)
        }
    }

    /// What makes tables follow prefixes that changed.
    /// - Parameter trees: as they are afterwards.
    init(_ changed: [FIBStep<Key>], _ trees: PrefixForest<Key>) {
        // What is given back comes before anything is taken, so that no more than there are in the end are ever in use.
        var emptied: Set<UInt16> = []
        for step in changed where step.after == 0 && !emptied.contains(step.table) {
            table = step.table
            if table > 0, trees[table].root < 0 {
                note(.pruneRoot)
                emptied.insert(table)
            } else {
                prune(step.key, trees[table])
            }
        }
        var begun: Set<UInt16> = []
        for step in changed where !emptied.contains(step.table) {
            table = step.table
            if table > 0, begun.insert(table).inserted { note(.ensureRoot) }
            write(step.key, trees[table])
        }
    }

    private mutating func note(_ step: Step) { steps.append(TableStep(table: table, step: step)) }

    /// Of the table that is written.
    private var rootBits: Int { Self.rootBits(of: table) }

    static func rootBits(of table: UInt16) -> Int {
        table == 0 ? TrieFIB.rootBits : TrieFIB.nodeBits
    }

    /// The bits of the node that has the entries of a prefix.
    static func nodeLength(of length: Int, rootBits: Int) -> Int {
        length <= rootBits ? 0 : (length - 1) / TrieFIB.nodeBits * TrieFIB.nodeBits
    }

    /// The bits of the prefixes that the entries of a node stand for.
    static func entryLength(in nodeLength: Int, rootBits: Int) -> Int {
        nodeLength == 0 ? rootBits : nodeLength + TrieFIB.nodeBits
    }

    /// Which entry of a node an address has.
    static func index(_ address: UInt128, in nodeLength: Int, rootBits: Int) -> Int {
        let end = entryLength(in: nodeLength, rootBits: rootBits)
        let bits = address >> UInt128(Key.Bits.bitWidth - end)
        return Int(truncatingIfNeeded: bits & (1 << UInt128(end - nodeLength) - 1))
    }

    /// The entries of its node that stand for a prefix.
    private func entries(of key: Key) -> Range<Int> {
        let node = Self.nodeLength(of: key.length, rootBits: rootBits)
        return Self.index(key.address, in: node, rootBits: rootBits)..<Self.index(
            key.lastAddress, in: node, rootBits: rootBits) + 1
    }

    /// The nodes on the way to the one that has the entries of a prefix, but for the root.
    private func path(to key: Key) -> [Key] {
        stride(
            from: rootBits, through: Self.nodeLength(of: key.length, rootBits: rootBits),
            by: TrieFIB.nodeBits
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
        guard key.length > rootBits,
            let end = path(to: key).first(where: { !Self.isNode($0, tree) })
        else { return }
        note(.prune(end, value: tree.find(end).value))
    }

    private mutating func write(_ key: Key, _ tree: PrefixTree<Key>) {
        if key.length > rootBits {
            for node in path(to: key) {
                guard Self.isNode(node, tree) else {
                    // Its entry says all.
                    return fill(node, with: tree.find(node).value)
                }
                note(.ensure(node))
            }
        }
        let (value, top) = tree.find(key)
        fill(key, with: value)
        write(
            from: top, in: Self.nodeLength(of: key.length, rootBits: rootBits), value, tree)
    }

    private mutating func fill(_ key: Key, with value: UInt16) {
        note(
            .fill(
                node: Key(key.address, Self.nodeLength(of: key.length, rootBits: rootBits)),
                entries(of: key), value: value))
    }

    /// Writes the prefixes of a part of the tree into a node, and into those below it.
    /// - Parameter value: what the entries have so far.
    private mutating func write(
        from top: Int32, in nodeLength: Int, _ value: UInt16, _ tree: PrefixTree<Key>
    ) {
        guard top >= 0 else { return }
        let node = tree.nodes[Int(top)]
        let end = Self.entryLength(in: nodeLength, rootBits: rootBits)
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
            note(.ensure(node.key))
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
        note(.ensure(key))
        fillAll(key, with: value)
        write(from: top, in: key.length, value, tree)
    }

    private mutating func fillAll(_ node: Key, with value: UInt16) {
        note(.fill(node: node, 0..<TrieFIB.nodeSize, value: value))
    }
}
