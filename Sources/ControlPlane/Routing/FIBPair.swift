// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration

/// One prefix's change in a forwarding table; 0 stands for no entry.
struct FIBStep: Sendable {
    let key: PrefixKey
    let before: UInt16
    let after: UInt16

    /// Steps that were not taken.
    struct Failure: Error {
        let reason: DPDKError
        /// Whether the table is what it was before the first of them.
        var isUndone = true
    }
}

/// The two instances of the forwarding table: workers read one while the other is changed. Control thread,
/// which holds the forwarder's `updates`.
///
/// DPDK 22.11's `rte_fib` has no RCU inside: a look-up during a change of another prefix may find no
/// route. The second instance is made when the first change comes: a forwarder without any saves the memory.
struct FIBPair {
    /// What workers read, or are about to.
    private(set) var live: FIB
    /// What no worker reads once the last publication has settled.
    private(set) var spare: FIB?
    /// What ``spare`` lacks.
    private var lag: [FIBStep] = []
    private(set) var size: Plan.ForwardingTable
    /// DPDK refuses a second table of one name.
    private var names = 0

    enum Failure: Error {
        /// There is no memory for a table of that size.
        case noMemory(DPDKError)
        /// The table has no room for all that goes into it.
        case tooSmall(DPDKError)
        /// There are more routes, with those of the API, than the configuration has room for.
        case tooManyRoutes(Int)
    }

    init(_ size: Plan.ForwardingTable, _ contents: RouteContents) throws(Failure) {
        self.size = size
        sizeOfSpare = size
        live = try Self.make(size, contents, &names)
    }

    private static func make(
        _ size: Plan.ForwardingTable, _ contents: RouteContents, _ names: inout Int
    ) throws(Failure) -> FIB {
        names += 1
        let fib: FIB
        do throws(DPDKError) {
            fib = try FIB(
                name: "ipv4-\(names)", routes: size.capacity, longPrefixGroups: size.tbl8Groups,
                missValue: 0, numaNode: nil)
        } catch {
            throw .noMemory(error)
        }
        do throws(DPDKError) {
            for (key, value) in contents.entries { try fib.set(key, value) }
        } catch {
            fib.free()
            throw .tooSmall(error)
        }
        return fib
    }

    /// Brings the instance that nobody reads to the new contents and makes it the live one, which is then to
    /// be published. When that fails, both stay as they are.
    /// - Parameters:
    ///   - steps: from the contents of the live instance to the new ones.
    ///   - newSize: makes instances of another size; nil keeps it.
    mutating func swap(
        _ steps: [FIBStep], _ contents: RouteContents, newSize: Plan.ForwardingTable? = nil
    ) throws(Failure) {
        catchUp()
        if newSize != nil { dropSpare() }
        let next: FIB
        if let spare {
            do throws(FIBStep.Failure) {
                try spare.take(steps)
            } catch {
                if !error.isUndone { dropSpare() }
                throw .tooSmall(error.reason)
            }
            next = spare
        } else {
            next = try Self.make(newSize ?? size, contents, &names)
        }
        spare = live
        live = next
        lag = steps
        isSpareOutgrown = newSize != nil
        sizeOfSpare = size
        size = newSize ?? size
    }

    /// The spare instance has another size than the live one.
    private var isSpareOutgrown = false
    private var sizeOfSpare: Plan.ForwardingTable

    /// Takes the last ``swap(_:_:newSize:)`` back, which nobody has published.
    mutating func swapBack() {
        let new = live
        live = spare!
        spare = new
        lag = lag.reversed().map { FIBStep(key: $0.key, before: $0.after, after: $0.before) }
        Swift.swap(&size, &sizeOfSpare)
        catchUp()
    }

    /// Brings the spare instance up to the live one. No worker may read it any more.
    mutating func catchUp() {
        if isSpareOutgrown { return dropSpare() }
        do throws(FIBStep.Failure) {
            try spare?.take(lag)
            lag = []
        } catch {
            // It is made anew for the next change.
            dropSpare()
        }
    }

    private mutating func dropSpare() {
        spare?.free()
        spare = nil
        lag = []
        isSpareOutgrown = false
    }

    /// Workers must have stopped.
    mutating func free() {
        dropSpare()
        live.free()
    }
}

extension FIB {
    /// - Parameter value: 0 to take the prefix away.
    fileprivate func set(_ key: PrefixKey, _ value: UInt16) throws(DPDKError) {
        if value == 0 {
            try remove(address: key.address, length: key.length)
        } else {
            try add(address: key.address, length: key.length, value: value)
        }
    }

    /// Takes all steps, or none.
    fileprivate func take(_ steps: [FIBStep]) throws(FIBStep.Failure) {
        for (index, step) in steps.enumerated() {
            do throws(DPDKError) {
                try set(step.key, step.after)
            } catch {
                var failure = FIBStep.Failure(reason: error)
                // Backwards each step finds the room that it had.
                for step in steps[..<index].reversed() {
                    do throws(DPDKError) {
                        try set(step.key, step.before)
                    } catch {
                        failure.isUndone = false
                    }
                }
                throw failure
            }
        }
    }
}
