// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// Counts the gaps between a worker's readings of its clock, one for each round or each fourth full
/// one, and keeps the longest. Worker's thread; who reads has the `GapBoard`.
///
/// A round that is not late costs a compare: a gap below the threshold is counted nowhere, since the
/// time that is in no other gap was spent in such ones.
struct GapRecorder: BitwiseCopyable, @unchecked Sendable {
    /// Where the words lie.
    enum Slot {
        /// Odd while the list is written.
        static let sequence = 0
        /// Ticks in all gaps that were counted.
        static let ticks = 1
        /// The shortest gap in the list: a longer one enters it.
        static let shortest = 2
        static let list = 16
        static let wordsPerGap = 4
        static let listed = 8
        /// By the buckets of `DurationHistogram`.
        static let buckets = list + wordsPerGap * listed
        static let bucketCount = 1024
        static let count = buckets + bucketCount
    }

    let words: UnsafeMutablePointer<Atomic<UInt64>>
    let activity: ControlActivity.Reader

    /// Counts a gap that reached the threshold. Out of line, so that a round keeps its registers.
    /// - Parameter now: when it ended, by the time stamp counter.
    @inline(never)
    func note(_ ticks: UInt64, until now: UInt64) {
        // A thread that moved to a CPU whose counter is behind saw no gap.
        guard Int64(bitPattern: ticks) > 0 else { return }
        add(ticks, to: Slot.ticks)
        add(1, to: Slot.buckets &+ DurationHistogram.bucket(ticks))
        if ticks > words[Slot.shortest].load(ordering: .relaxed) { list(ticks, until: now) }
    }

    @inline(__always) private func add(_ number: UInt64, to slot: Int) {
        words[slot].store(words[slot].load(ordering: .relaxed) &+ number, ordering: .relaxed)
    }

    /// Puts the gap in the place of the shortest.
    @inline(never)
    private func list(_ ticks: UInt64, until now: UInt64) {
        let sequence = words[Slot.sequence].load(ordering: .relaxed)
        words[Slot.sequence].store(sequence &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        let place = placeOfShortest
        words[place].store(ticks, ordering: .relaxed)
        words[place &+ 1].store(now, ordering: .relaxed)
        words[place &+ 2].store(activity.bits(since: now &- ticks), ordering: .relaxed)
        words[Slot.sequence].store(sequence &+ 2, ordering: .releasing)
        words[Slot.shortest].store(
            words[placeOfShortest].load(ordering: .relaxed), ordering: .relaxed)
    }

    private var placeOfShortest: Int {
        var shortest = Slot.list
        var place = Slot.list
        while place < Slot.buckets {
            if words[place].load(ordering: .relaxed) < words[shortest].load(ordering: .relaxed) {
                shortest = place
            }
            place &+= Slot.wordsPerGap
        }
        return shortest
    }
}
