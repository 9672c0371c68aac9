// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Synchronization

/// The place where the control plane puts the newest snapshot and workers find it.
///
/// A replaced snapshot is freed once every worker has reported that it holds none. One control thread at a time:
/// the caller sees to that (`Forwarder.control`).
public final class Publication: @unchecked Sendable {
    /// The newest snapshot. Writer: the control thread; readers: workers, once a round.
    private let slot: UnsafeMutablePointer<Atomic<UInt>>
    /// Each worker writes its own word in it; the control thread reads all.
    private let quiescence: QuiescentState
    private var current: UnsafeMutablePointer<Snapshot>
    private var retired: [Retired] = []

    private struct Retired {
        let token: QuiescentState.Token
        let snapshot: UnsafeMutablePointer<Snapshot>
        /// Of the snapshot that came after it.
        let next: Snapshot.TableHandles

        func free() {
            snapshot.pointee.free(before: next)
            snapshot.deallocate()
        }
    }

    /// - Parameters:
    ///   - first: freed when this fails, too.
    ///   - workers: how many will read.
    public init(_ first: Snapshot, workers: Int) throws(DPDKError) {
        do throws(DPDKError) {
            quiescence = try QuiescentState(readers: workers)
        } catch {
            first.free()
            throw error
        }
        current = .allocate(capacity: 1)
        current.initialize(to: first)
        slot = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt>.self, capacity: 1)
        slot.initialize(to: Atomic(UInt(bitPattern: current)))
    }

    /// Puts another snapshot in the place of the current one, whose FIB it may have. Control thread.
    public func publish(_ snapshot: Snapshot) {
        let next = UnsafeMutablePointer<Snapshot>.allocate(capacity: 1)
        next.initialize(to: snapshot)
        slot.pointee.store(UInt(bitPattern: next), ordering: .releasing)
        retired.append(
            Retired(
                token: quiescence.mark(), snapshot: current, next: snapshot.tables))
        current = next
        reclaim()
    }

    /// Says what becomes of packets to a host from now on, in the newest snapshot; workers that are at an older one find
    /// it with the next. Control thread.
    public func update(nextHop number: UInt16, to entry: NextHop) {
        guard Int(number) < current.pointee.nextHopCount else { return }
        (current.pointee.nextHops + Int(number)).replace(by: entry)
    }

    /// Frees the snapshots that no worker can see any more; gives how many are left. Control thread.
    @discardableResult public func reclaim() -> Int {
        retired.removeAll { old in
            guard quiescence.hasPassed(old.token) else { return false }
            old.free()
            return true
        }
        return retired.count
    }

    /// A point in time that each worker passes between two rounds. Any thread.
    public func mark() -> QuiescentState.Token { quiescence.mark() }

    /// Whether every worker has passed the mark. Any thread.
    public func hasPassed(_ mark: QuiescentState.Token) -> Bool { quiescence.hasPassed(mark) }

    /// Frees everything. All workers must have returned.
    public func free() {
        for old in retired { old.free() }
        retired = []
        current.pointee.free()
        current.deallocate()
        slot.deallocate()
        quiescence.free()
    }

    /// What a worker reads through: plain pointers, so that no reference is counted.
    struct Reader {
        fileprivate let slot: UnsafeMutablePointer<Atomic<UInt>>
        let quiescence: QuiescentState
        let index: Int

        /// The newest snapshot; valid until the worker reports quiescence.
        @inline(__always) var snapshot: UnsafePointer<Snapshot> {
            UnsafePointer(bitPattern: slot.pointee.load(ordering: .acquiring)).unsafelyUnwrapped
        }
    }

    func reader(index: Int) -> Reader { Reader(slot: slot, quiescence: quiescence, index: index) }
}
