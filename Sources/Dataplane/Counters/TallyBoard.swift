// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The published copy of a worker's tallies. One writer, any number of readers; reading never makes
/// the writer wait.
///
/// All counters are published together under a sequence number, so that each set that a reader sees
/// belongs to one moment and balances by itself.
final class TallyBoard: @unchecked Sendable {
    /// Writer: the worker; readers: any thread, which look at the sequence before and after.
    let words: UnsafeMutablePointer<Atomic<UInt64>>
    static let sequence = 0
    private static let first = 16
    /// Times that a reader looks, a few microseconds in all: publishing takes a tenth of one, unless the
    /// kernel gives the worker's CPU to somebody else meanwhile, for as long as it likes.
    private static let attempts = 1000
    /// The newest set that was read, for readers that come while the writer does not run.
    private let last: Mutex<(sequence: UInt64, set: TallySet)>
    /// Words of a set.
    private let count: Int

    init(count: Int = Tallies.Slot.count()) {
        self.count = count
        last = Mutex((0, TallySet(count: count)))
        let all = Self.first + count
        words = UnsafeMutableRawPointer.allocate(byteCount: all * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: all)
        for index in 0..<all { (words + index).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    /// What the worker writes through: a plain pointer, so that no reference is counted.
    var writer: Writer { Writer(words: words, count: count) }

    struct Writer {
        let words: UnsafeMutablePointer<Atomic<UInt64>>
        let count: Int

        /// Publishes a set. Worker's thread, in housekeeping; control thread once the worker has returned.
        func publish(_ tallies: Tallies) {
            let sequence = words[TallyBoard.sequence].load(ordering: .relaxed)
            words[TallyBoard.sequence].store(sequence &+ 1, ordering: .relaxed)
            atomicMemoryFence(ordering: .releasing)
            for index in 0..<count {
                words[TallyBoard.first &+ index].store(tallies.words[index], ordering: .relaxed)
            }
            words[TallyBoard.sequence].store(sequence &+ 2, ordering: .releasing)
        }
    }

    /// The newest complete set or, when the worker lost its CPU while it published, the newest that anybody
    /// has read. Any thread.
    func read() -> TallySet { readNewest() ?? last.withLock { $0.set } }

    /// The newest complete set; nil when the worker lost its CPU while it published. Any thread.
    func readNewest() -> TallySet? {
        var copy = [UInt64](repeating: 0, count: count)
        for _ in 0..<Self.attempts {
            let before = words[Self.sequence].load(ordering: .acquiring)
            guard before & 1 == 0 else { continue }
            for index in copy.indices {
                copy[index] = words[Self.first + index].load(ordering: .relaxed)
            }
            atomicMemoryFence(ordering: .acquiring)
            guard words[Self.sequence].load(ordering: .relaxed) == before else { continue }
            let set = TallySet(words: copy)
            last.withLock { if $0.sequence < before { $0 = (before, set) } }
            return set
        }
        return nil
    }
}
