// SPDX-License-Identifier: Apache-2.0

import Dataplane

/// What is to be written into an instance of the forwarding table, all of it known before the first entry is
/// touched: so is how many groups it takes.
struct FIBChange {
    /// In their order: later ones may lie in earlier ones.
    private var fills: [(networks: Range<Int32>, value: UInt16)] = []
    /// Those of the filled networks that may have been split before.
    private var whole: [Int32] = []
    private var split: [Int32] = []
    /// 256 for each of ``split``.
    private var values: [UInt16] = []

    /// What makes a table of nothing.
    init(_ tree: PrefixTree<PrefixKey>) {
        var fine: [Int32] = []
        tree.walk(from: tree.root) { node in
            guard node.value != 0 else { return true }
            if node.key.length <= 24 {
                fill(node.key.networks, node.value)
            } else {
                fine.append(Int32(node.key.networks.lowerBound))
            }
            return true
        }
        decide(fine, tree)
    }

    /// What makes a table follow prefixes that changed.
    /// - Parameter tree: as it is afterwards.
    init(of keys: some Sequence<PrefixKey>, _ tree: PrefixTree<PrefixKey>) {
        var fine: [Int32] = []
        for key in keys {
            tree.forEachArea(of: key) { area in
                switch area {
                case .whole(let networks, let value): fill(networks, value)
                case .fine(let network): fine.append(Int32(network))
                }
            }
        }
        fine.sort()
        decide(fine, tree)
    }

    private mutating func fill(_ networks: Range<Int>, _ value: UInt16) {
        fills.append((Int32(networks.lowerBound)..<Int32(networks.upperBound), value))
    }

    /// - Parameter networks: in their order.
    private mutating func decide(_ networks: [Int32], _ tree: PrefixTree<PrefixKey>) {
        var group = [UInt16](repeating: 0, count: FIB.groupSize)
        var last: Int32 = -1
        for network in networks where network != last {
            last = network
            if tree.read(Int(network), into: &group) {
                fill(Int(network)..<Int(network) + 1, group[0])
                whole.append(network)
            } else {
                split.append(network)
                values += group
            }
        }
    }

    /// How many more groups an instance has in use afterwards.
    func growth(of fib: FIB) -> Int {
        split.count { fib.group(ofNetwork: Int($0)) == nil }
            - whole.count { fib.group(ofNetwork: Int($0)) != nil }
    }

    /// Writes it.
    /// - Parameter free: the groups of the instance that no network has; as many as it grows by at least.
    func apply(to fib: FIB, _ free: inout [UInt16]) {
        // Groups are given back before any is taken, and before their networks' entries are written over.
        for network in whole {
            if let group = fib.group(ofNetwork: Int(network)) { free.append(UInt16(group)) }
        }
        for (networks, value) in fills {
            fib.fill(Int(networks.lowerBound)..<Int(networks.upperBound), with: value)
        }
        for (index, network) in split.enumerated() {
            let group = fib.group(ofNetwork: Int(network)) ?? Int(free.removeLast())
            let first = index * FIB.groupSize
            fib.split(Int(network), into: values[first..<first + FIB.groupSize], group: group)
        }
    }
}
