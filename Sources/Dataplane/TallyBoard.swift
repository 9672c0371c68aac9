// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The published copy of a worker's tallies. One writer, any number of readers; reading never makes
/// the writer wait.
///
/// All counters are published together under a sequence number, so that each set that a reader sees
/// belongs to one moment and balances by itself.
final class TallyBoard: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private static let sequence = 0
    private static let first = 16

    init() {
        let count = Self.first + Tallies.Slot.count
        words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    /// What the worker writes through: a plain pointer, so that no reference is counted.
    var writer: Writer { Writer(words: words) }

    struct Writer {
        fileprivate let words: UnsafeMutablePointer<Atomic<UInt64>>

        /// Publishes a set. Worker's thread, at the end of a round.
        func publish(_ tallies: Tallies) {
            let sequence = words[TallyBoard.sequence].load(ordering: .relaxed)
            words[TallyBoard.sequence].store(sequence &+ 1, ordering: .relaxed)
            atomicMemoryFence(ordering: .releasing)
            for index in 0..<Tallies.Slot.count {
                words[TallyBoard.first &+ index].store(tallies.words[index], ordering: .relaxed)
            }
            words[TallyBoard.sequence].store(sequence &+ 2, ordering: .releasing)
        }
    }

    /// Grows each time that a set is published. Any thread.
    var publications: UInt64 { words[Self.sequence].load(ordering: .relaxed) / 2 }

    /// The newest complete set. Any thread.
    func read() -> TallySet {
        var copy = [UInt64](repeating: 0, count: Tallies.Slot.count)
        while true {
            let before = words[Self.sequence].load(ordering: .acquiring)
            if before & 1 == 0 {
                for index in copy.indices {
                    copy[index] = words[Self.first + index].load(ordering: .relaxed)
                }
                atomicMemoryFence(ordering: .acquiring)
                if words[Self.sequence].load(ordering: .relaxed) == before {
                    return TallySet(words: copy)
                }
            }
        }
    }
}
