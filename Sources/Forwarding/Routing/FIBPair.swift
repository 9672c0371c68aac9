// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration

/// One prefix's change in a forwarding table; 0 stands for no entry.
struct FIBStep<Key: FamilyPrefix>: Sendable {
    let key: Key
    let before: UInt16
    let after: UInt16
    /// The number of the table, where an instance has several.
    var table: UInt16 = 0
}

/// The two instances of the forwarding table of a family: workers read one while the other is changed. Control thread,
/// which has the forwarder's turn.
///
/// What a change writes is worked out from all prefixes, which are here once for both, before it is written anywhere:
/// so a change is refused while nothing of it is in either. The second instance is made when the first change
/// comes: a forwarder without any saves the memory.
struct FIBPair<Instance: TableInstance> {
    typealias Key = Instance.Key
    private var liveInstance: Instance
    private var spareInstance: Instance?
    /// What is in the live instance.
    private(set) var trees = PrefixForest<Key>()
    var tree: PrefixTree<Key> { trees[0] }
    /// What made the live instance differ from the spare one; empty when both have the same.
    private var lag: (steps: [FIBStep<Key>], change: Instance.Change)?
    private let numaNode: Int32?
    /// DPDK refuses a second table of one name.
    private var names = 1

    /// What workers read, or are about to.
    var live: Instance.Table { liveInstance.table }
    /// What no worker reads once the last publication has settled.
    var spare: Instance.Table? { spareInstance?.table }
    var size: Instance.Size { liveInstance.size }

    /// - Parameters:
    ///   - entries: the prefixes that are in it from the start, none of them 0.
    ///   - others: those of other tables than the first.
    ///   - numaNode: where the table is wanted; nil without huge pages.
    init(
        _ size: Instance.Size, _ entries: [(Key, UInt16)] = [],
        others: [FIBStep<Key>] = [], numaNode: Int32?
    ) throws(FIBFailure) {
        self.numaNode = numaNode
        for (key, value) in entries { trees.set(key, in: 0, to: value) }
        for step in others { trees.set(step.key, in: step.table, to: step.after) }
        liveInstance = try Instance(
            trees, size, name: Instance.name + "-1", numaNode: numaNode)
    }

    /// Brings the instance that nobody reads to the new contents and makes it the live one, which is then to
    /// be published. When that fails, both stay as they are.
    /// - Parameters:
    ///   - steps: from the contents of the live instance to the new ones.
    ///   - newSize: makes instances of another size; nil keeps it.
    mutating func swap(
        _ steps: [FIBStep<Key>], newSize: Instance.Size? = nil
    ) throws(FIBFailure) {
        catchUp()
        // The memory holds two instances, not three.
        if newSize != nil { dropSpare() }
        for step in steps { trees.set(step.key, in: step.table, to: step.after) }
        let change = Instance.change(steps, trees)
        let next: Instance
        do throws(FIBFailure) {
            next = try spareInstance(with: change, newSize ?? size)
        } catch {
            for step in steps { trees.set(step.key, in: step.table, to: step.before) }
            throw error
        }
        spareInstance = liveInstance
        liveInstance = next
        lag = (steps, change)
    }

    /// The spare instance after a change; a new one where there is none.
    private mutating func spareInstance(
        with change: Instance.Change, _ size: Instance.Size
    ) throws(FIBFailure) -> Instance {
        guard var instance = spareInstance else {
            names += 1
            return try Instance(
                trees, size, name: "\(Instance.name)-\(names)", numaNode: numaNode)
        }
        try instance.check(change)
        instance.apply(change)
        return instance
    }

    /// Takes the last ``swap(_:newSize:)`` back, which nobody has published.
    mutating func swapBack() {
        guard let (steps, _) = lag, let old = spareInstance else { return }
        let back = steps.map {
            FIBStep(key: $0.key, before: $0.after, after: $0.before, table: $0.table)
        }
        for step in back { trees.set(step.key, in: step.table, to: step.after) }
        spareInstance = liveInstance
        liveInstance = old
        lag = (back, Instance.change(back, trees))
        catchUp()
    }

    /// Brings the spare instance up to the live one. No worker may read it any more.
    mutating func catchUp() {
        guard let (_, change) = lag else { return }
        // It has been outgrown.
        if spareInstance?.size != size { return dropSpare() }
        // The live instance has taken it, and both had as many groups free.
        spareInstance?.apply(change)
        lag = nil
    }

    private mutating func dropSpare() {
        spareInstance?.free()
        spareInstance = nil
        lag = nil
    }

    /// Workers must have stopped.
    mutating func free() {
        dropSpare()
        liveInstance.free()
    }
}
