// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration

/// One of the two instances of the forwarding table of IPv6, and which of its nodes are free. Control thread.
struct TrieInstance: TableInstance {
    typealias Key = IPv6PrefixKey

    static let name = "ipv6"

    let table: TrieFIB
    let size: Plan.TrieTable
    private var unused: [TrieFIB.Block]

    init(
        _ tree: PrefixTree<Key>, _ size: Plan.TrieTable, name: String, numaNode: Int32?
    ) throws(FIBFailure) {
        self.size = size
        // The lowest are taken first.
        unused = (TrieFIB.rootBlocks..<TrieFIB.rootBlocks + size.nodes).reversed()
        do throws(DPDKError) {
            table = try TrieFIB(name: name, nodes: size.nodes, numaNode: numaNode)
        } catch {
            throw .noMemory(error)
        }
        let change = TrieChange(tree)
        do throws(FIBFailure) {
            try check(change)
        } catch {
            table.free()
            throw error
        }
        apply(change)
    }

    static func change(_ steps: [FIBStep<Key>], _ tree: PrefixTree<Key>) -> TrieChange {
        TrieChange(steps, tree)
    }

    func check(_ change: TrieChange) throws(FIBFailure) {
        var gone: Set<TrieFIB.Block> = []
        var new: Set<Key> = []
        for step in change.steps {
            switch step {
            case .prune(let key, _):
                if let node = node(key) { forEachNode(from: node) { gone.insert($0) } }
            case .ensure(let key): if node(key) == nil { new.insert(key) }
            case .fill: break
            }
        }
        let needed = size.nodes - unused.count - gone.count + new.count
        guard needed <= size.nodes else { throw .tooManyNodes(needed, room: size.nodes) }
    }

    mutating func apply(_ change: TrieChange) {
        for step in change.steps {
            switch step {
            case .prune(let key, let value):
                guard let (block, index) = place(of: key), let node = table.node(block, index)
                else { continue }
                var gone: [TrieFIB.Block] = []
                forEachNode(from: node) { gone.append($0) }
                unused += gone
                table.fill(block, index..<index + 1, with: value)
            case .ensure(let key):
                guard let (block, index) = place(of: key), table.node(block, index) == nil,
                    let node = unused.popLast()
                else { continue }
                table.fill(node, 0..<TrieFIB.nodeSize, with: table.value(block, index))
                table.link(block, index, to: node)
            case .fill(let key, let range, let value):
                guard let block = key.length == 0 ? 0 : node(key) else { continue }
                for index in range where table.node(block, index) == nil {
                    table.fill(block, index..<index + 1, with: value)
                }
            }
        }
    }

    func free() { table.free() }

    /// The node of a prefix; nil where there is none.
    private func node(_ key: Key) -> TrieFIB.Block? {
        place(of: key).flatMap { table.node($0.block, $0.index) }
    }

    /// The entry of a prefix of 16, 24, … bits; nil where its node's parent is not there.
    private func place(of key: Key) -> (block: TrieFIB.Block, index: Int)? {
        var block = 0
        var length = 0
        while true {
            let index = TrieChange.index(key.address, in: length)
            length = TrieChange.entryLength(in: length)
            if length == key.length { return (block, index) }
            guard let next = table.node(block, index) else { return nil }
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
