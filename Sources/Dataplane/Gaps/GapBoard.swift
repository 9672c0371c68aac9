// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// The memory in which a worker counts its gaps: some 9 KB. One writer, any number of readers;
/// reading never makes the writer wait.
final class GapBoard: @unchecked Sendable {
    private typealias Slot = GapRecorder.Slot
    /// Shorter gaps are not counted.
    static let thresholdNanoseconds: UInt64 = 2000

    let words: UnsafeMutablePointer<Atomic<UInt64>>
    /// How often the list is read again while the worker writes it, before it is given up.
    private static let attempts = 1000

    init() {
        words = UnsafeMutableRawPointer.allocate(byteCount: Slot.count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: Slot.count)
        for index in 0..<Slot.count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    /// What the worker writes through: plain pointers, so that no reference is counted.
    func writer(_ activity: ControlActivity) -> GapRecorder {
        GapRecorder(words: words, activity: activity.reader)
    }

    /// Any thread.
    /// - Parameters:
    ///   - elapsed: ticks that the worker has run for.
    ///   - ticksPerSecond: of the time stamp counter.
    func read(elapsed: UInt64, ticksPerSecond: UInt64) -> GapReading {
        // The buckets first: what comes in meanwhile is then in the sum, and not the other way round.
        let buckets = (0..<Slot.bucketCount).compactMap {
            bucket -> (ticks: UInt64, count: UInt64)? in
            let count = words[Slot.buckets + bucket].load(ordering: .relaxed)
            return count == 0 ? nil : (DurationHistogram.upperEnd(of: bucket), count)
        }
        return GapReading(
            elapsed: elapsed, inGaps: words[Slot.ticks].load(ordering: .relaxed), buckets: buckets,
            longest: longest, ticksPerSecond: ticksPerSecond)
    }

    /// The longest gaps, in no order: ticks, end and activities.
    var longest: [(ticks: UInt64, end: UInt64, activities: UInt64)] {
        for _ in 0..<Self.attempts {
            let before = words[Slot.sequence].load(ordering: .acquiring)
            guard before & 1 == 0 else { continue }
            let gaps = (0..<Slot.listed).map { index in
                let place = Slot.list + Slot.wordsPerGap * index
                return (
                    words[place].load(ordering: .relaxed),
                    words[place + 1].load(ordering: .relaxed),
                    words[place + 2].load(ordering: .relaxed)
                )
            }
            atomicMemoryFence(ordering: .acquiring)
            if words[Slot.sequence].load(ordering: .relaxed) == before {
                return gaps.filter { $0.0 > 0 }
            }
        }
        return []
    }
}
