// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// One of the two instances of a forwarding table, and which of its parts are free. Control thread.
protocol TableInstance: Sendable {
    associatedtype Key: FamilyPrefix
    /// What workers read.
    associatedtype Table: Hashable, Sendable
    associatedtype Size: Equatable, Sendable
    /// What is to be written into an instance, whichever of the two: all of it known before anything is touched.
    associatedtype Change: Sendable

    /// DPDK's, to which a number is added.
    static var name: String { get }

    var table: Table { get }
    var size: Size { get }

    /// Makes a table that has what trees have.
    /// - Parameters:
    ///   - name: nobody else's.
    ///   - numaNode: where it is wanted; nil without huge pages.
    init(
        _ trees: PrefixForest<Key>, _ size: Size, name: String, numaNode: Int32?
    ) throws(FIBFailure)

    /// What makes a table follow prefixes that changed.
    /// - Parameter trees: as they are afterwards.
    static func change(_ steps: [FIBStep<Key>], _ trees: PrefixForest<Key>) -> Change

    /// Finds out whether a change fits, before anything is touched.
    func check(_ change: Change) throws(FIBFailure)

    /// Takes a change that fits. No worker may read the instance.
    mutating func apply(_ change: Change)

    func free()
}
