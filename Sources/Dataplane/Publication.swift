// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Synchronization

/// The place where the control plane puts the newest snapshot and workers find it.
///
/// A replaced snapshot is freed once every worker has reported that it holds none.
public final class Publication: @unchecked Sendable {
    private let slot: UnsafeMutablePointer<Atomic<UInt>>
    private let quiescence: QuiescentState
    private var current: UnsafeMutablePointer<Snapshot>
    private var retired: [(QuiescentState.Token, UnsafeMutablePointer<Snapshot>)] = []

    /// - Parameter workers: how many will read.
    public init(_ first: Snapshot, workers: Int) throws(DPDKError) {
        quiescence = try QuiescentState(readers: workers)
        current = .allocate(capacity: 1)
        current.initialize(to: first)
        slot = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt>.self, capacity: 1)
        slot.initialize(to: Atomic(UInt(bitPattern: current)))
    }

    /// Puts another snapshot in the place of the current one. Control thread.
    public func publish(_ snapshot: Snapshot) {
        let next = UnsafeMutablePointer<Snapshot>.allocate(capacity: 1)
        next.initialize(to: snapshot)
        slot.pointee.store(UInt(bitPattern: next), ordering: .releasing)
        retired.append((quiescence.mark(), current))
        current = next
        reclaim()
    }

    /// Frees the snapshots that no worker can see any more; gives how many are left. Control thread.
    @discardableResult
    public func reclaim() -> Int {
        retired.removeAll { token, snapshot in
            guard quiescence.hasPassed(token) else { return false }
            Self.free(snapshot)
            return true
        }
        return retired.count
    }

    /// Frees everything. All workers must have returned.
    public func free() {
        for (_, snapshot) in retired { Self.free(snapshot) }
        retired = []
        Self.free(current)
        slot.deallocate()
        quiescence.free()
    }

    private static func free(_ snapshot: UnsafeMutablePointer<Snapshot>) {
        snapshot.pointee.free()
        snapshot.deallocate()
    }

    /// What a worker reads through: plain pointers, so that no reference is counted.
    struct Reader {
        fileprivate let slot: UnsafeMutablePointer<Atomic<UInt>>
        let quiescence: QuiescentState
        let index: Int

        /// The newest snapshot; valid until the worker reports quiescence.
        @inline(__always)
        var snapshot: UnsafePointer<Snapshot> {
            UnsafePointer(bitPattern: slot.pointee.load(ordering: .acquiring)).unsafelyUnwrapped
        }
    }

    func reader(index: Int) -> Reader { Reader(slot: slot, quiescence: quiescence, index: index) }
}
