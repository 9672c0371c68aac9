// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration

/// One of the two instances of the forwarding table of IPv4, and which of its groups are free. Control thread.
struct FIBInstance: TableInstance {
    static let name = "ipv4"

    let table: FIB
    let size: Plan.ForwardingTable
    private var freeGroups: [UInt16]

    /// Makes a table that has what the first of some trees has.
    /// - Parameters:
    ///   - name: nobody else's.
    ///   - numaNode: where it is wanted; nil without huge pages.
    init(
        _ trees: PrefixForest<PrefixKey>, _ size: Plan.ForwardingTable, name: String,
        numaNode: Int32?
    ) throws(FIBFailure) {
        self.size = size
        // The lowest are taken first.
        freeGroups = (0..<UInt16(size.tbl8Groups)).reversed()
        do throws(DPDKError) {
            table = try FIB(name: name, groups: size.tbl8Groups, numaNode: numaNode)
        } catch {
            throw .noMemory(error)
        }
        let change = FIBChange(trees[0])
        do throws(FIBFailure) {
            try check(change)
        } catch {
            table.free()
            throw error
        }
        apply(change)
    }

    static func change(
        _ steps: [FIBStep<PrefixKey>], _ trees: PrefixForest<PrefixKey>
    ) -> FIBChange {
        FIBChange(of: steps.lazy.map(\.key), trees[0])
    }

    /// Finds out whether a change fits, before anything is touched.
    func check(_ change: FIBChange) throws(FIBFailure) {
        let needed = size.tbl8Groups - freeGroups.count + change.growth(of: table)
        guard needed <= size.tbl8Groups else {
            throw .tooManySplitNetworks(needed, room: size.tbl8Groups)
        }
    }

    /// Takes a change that fits. No worker may read the instance.
    mutating func apply(_ change: FIBChange) { change.apply(to: table, &freeGroups) }

    func free() { table.free() }
}
