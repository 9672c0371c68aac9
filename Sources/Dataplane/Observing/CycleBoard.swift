// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Where a worker adds up the cycles of its sampled rounds. One writer, any number of readers: each
/// word is up to date, several of them belong together only roughly.
final class CycleBoard: @unchecked Sendable {
    /// What the worker writes through: plain pointers, so that no reference is counted.
    struct Writer: @unchecked Sendable {
        /// The sums by part, then frames and rounds; behind them the parts of the round that goes on, which
        /// nobody else reads.
        let words: UnsafeMutablePointer<Atomic<UInt64>>
        let partCount: Int

        @inline(__always)
        func add(_ ticks: UInt64, toCurrent part: RoundPart) { add(ticks, partCount &+ 2 &+ part.index) }

        /// Forgets what the round before had.
        func beginRound() {
            for index in 0..<partCount {
                words[partCount &+ 2 &+ index].store(0, ordering: .relaxed)
            }
        }

        /// Adds what the round had to the sums.
        func endRound(_ frames: Int) {
            for index in 0..<partCount {
                add(words[partCount &+ 2 &+ index].load(ordering: .relaxed), index)
            }
            add(UInt64(truncatingIfNeeded: frames), partCount)
            add(1, partCount &+ 1)
        }

        @inline(__always)
        private func add(_ number: UInt64, _ word: Int) {
            let sum = words[word].load(ordering: .relaxed)
            words[word].store(sum &+ number, ordering: .relaxed)
        }
    }

    let writer: Writer

    /// - Parameter partCount: one for each part of a round.
    init(partCount: Int = RoundPart.allCases.count) {
        let count = 2 * partCount + 2
        let words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
        writer = Writer(words: words, partCount: partCount)
    }

    deinit { writer.words.deallocate() }

    /// Any thread.
    func read() -> RoundCycles {
        RoundCycles(
            words: (0..<writer.partCount + 2).map { writer.words[$0].load(ordering: .relaxed) })
    }
}
