// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration

/// One of the two instances of the forwarding table of IPv6 and of those of other VRFs, which share its nodes, and which of
/// these are free. Control thread.
struct TrieInstance: TableInstance {
    typealias Key = IPv6PrefixKey

    static let name = "ipv6"

    let table: TrieFIB
    let size: Plan.TrieTable
    private var unused: [TrieFIB.Block]

    init(
        _ trees: PrefixForest<Key>, _ size: Plan.TrieTable, name: String, numaNode: Int32?
    ) throws(FIBFailure) {
        self.size = size
        // The lowest are taken first.
        unused = (TrieFIB.rootBlocks..<TrieFIB.rootBlocks + size.nodes).reversed()
        do throws(DPDKError) {
            table = try TrieFIB(name: name, nodes: size.nodes, numaNode: numaNode)
        } catch {
            throw .noMemory(error)
        }
        let change = TrieChange(trees)
        do throws(FIBFailure) {
            try check(change)
        } catch {
            table.free()
            throw error
        }
        apply(change)
    }

    static func change(_ steps: [FIBStep<Key>], _ trees: PrefixForest<Key>) -> TrieChange {
        TrieChange(steps, trees)
    }

    private struct NodeName: Hashable {
        let table: UInt16
        let key: Key
    }

    func check(_ change: TrieChange) throws(FIBFailure) {
        var gone: Set<TrieFIB.Block> = []
        var new: Set<NodeName> = []
        for place in change.steps {
            switch place.step {
            case .prune(let key, _):
                if let node = node(key, in: place.table) {
                    forEachNode(from: node) { gone.insert($0) }
                }
            case .pruneRoot:
                if let root = root(of: place.table) { forEachNode(from: root) { gone.insert($0) } }
            case .ensure(let key):
                if node(key, in: place.table) == nil {
                    new.insert(NodeName(table: place.table, key: key))
                }
            case .ensureRoot:
                if root(of: place.table) == nil {
                    new.insert(NodeName(table: place.table, key: .all))
                }
            case .fill: break
            }
        }
        let needed = size.nodes - unused.count - gone.count + new.count
        guard needed <= size.nodes else { throw .tooManyNodes(needed, room: size.nodes) }
    }

    mutating func apply(_ change: TrieChange) {
        for place in change.steps { apply(place.step, in: place.table) }
    }

    private mutating func apply(_ step: TrieChange.Step, in table: UInt16) {
        switch step {
        case .prune(let key, let value):
            guard let (block, index) = place(of: key, in: table),
                let node = self.table.node(block, index)
            else { return }
            giveBack(node)
            self.table.fill(block, index..<index + 1, with: value)
        case .pruneRoot:
            guard let root = root(of: table) else { return }
            let owner = TrieTables.owner(of: table)
            self.table.setRoot(of: owner.vrf, family: owner.isIPv4 ? 1 : 0, to: nil)
            giveBack(root)
        case .ensureRoot:
            guard root(of: table) == nil, let node = unused.popLast() else { return }
            self.table.fill(node, 0..<TrieFIB.nodeSize, with: 0)
            let owner = TrieTables.owner(of: table)
            self.table.setRoot(of: owner.vrf, family: owner.isIPv4 ? 1 : 0, to: node)
        case .ensure(let key):
            guard let (block, index) = place(of: key, in: table),
                self.table.node(block, index) == nil, let node = unused.popLast()
            else { return }
            self.table.fill(node, 0..<TrieFIB.nodeSize, with: self.table.value(block, index))
            self.table.link(block, index, to: node)
        case .fill(let key, let range, let value):
            guard let block = key.length == 0 ? root(of: table) : node(key, in: table) else {
                return
            }
            for index in range where self.table.node(block, index) == nil {
                self.table.fill(block, index..<index + 1, with: value)
            }
        }
    }

    private mutating func giveBack(_ node: TrieFIB.Block) {
        var gone: [TrieFIB.Block] = []
        forEachNode(from: node) { gone.append($0) }
        unused += gone
    }

    /// Where a table begins; nil where it has no prefix.
    private func root(of table: UInt16) -> TrieFIB.Block? {
        guard table > 0 else { return 0 }
        let owner = TrieTables.owner(of: table)
        return self.table.root(ofVRF: owner.vrf, family: owner.isIPv4 ? 1 : 0)
    }

    func free() { table.free() }

    /// The node of a prefix; nil where there is none.
    private func node(_ key: Key, in table: UInt16) -> TrieFIB.Block? {
        place(of: key, in: table).flatMap { self.table.node($0.block, $0.index) }
    }

    /// The entry of a prefix of 8, 16, 24, … bits; nil where its node's parent is not there.
    private func place(of key: Key, in table: UInt16) -> (block: TrieFIB.Block, index: Int)? {
        guard var block = root(of: table) else { return nil }
        let rootBits = TrieChange.rootBits(of: table)
        var length = 0
        while true {
            let index = TrieChange.index(key.address, in: length, rootBits: rootBits)
            length = TrieChange.entryLength(in: length, rootBits: rootBits)
            if length == key.length { return (block, index) }
            guard let next = self.table.node(block, index) else { return nil }
            block = next
        }
    }

    /// A node, and all that it leads to.
    private func forEachNode(from block: TrieFIB.Block, _ body: (TrieFIB.Block) -> Void) {
        body(block)
        for index in 0..<TrieFIB.nodeSize {
            if let node = table.node(block, index) { forEachNode(from: node, body) }
        }
    }
}
