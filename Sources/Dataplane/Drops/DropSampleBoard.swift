// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The memory in which a worker keeps the last frames that it dropped: 256 bytes for each frame, as many
/// frames for each reason as it was made for. One writer, any number of readers; reading never makes the
/// writer wait.
final class DropSampleBoard: @unchecked Sendable {
    private typealias Slot = DropSampler.Slot
    let slots: UnsafeMutablePointer<Atomic<UInt64>>
    let rings: UnsafeMutablePointer<DropSampler.Ring>
    let sampler: UnsafeMutablePointer<DropSampler>
    private let kept: Int

    /// How often a frame is read again that the worker replaced meanwhile, before it is left out.
    private static let attempts = 16

    /// - Parameter kept: frames of each reason, at least one.
    init(kept: Int, clock: WorkerClock, rounds: RoundCounters) {
        precondition(kept > 0, "a board for no frames")
        let reasons = DropReason.allCases.count
        let count = reasons * kept * Slot.words
        slots = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (slots + index).initialize(to: Atomic(0)) }
        rings = linesOf([DropSampler.Ring](repeating: DropSampler.Ring(), count: reasons))
        sampler = linesOf([
            DropSampler(
                slots: slots, rings: rings, kept: kept,
                mostInTurn: clock.isVirtual ? .max : DropSampler.mostInTurn, clock: clock,
                rounds: rounds)
        ])
        self.kept = kept
    }

    deinit {
        sampler.deallocate()
        rings.deallocate()
        slots.deallocate()
    }

    /// What the worker writes through: a plain pointer, so that no reference is counted.
    var writer: UnsafeMutablePointer<DropSampler> { sampler }

    /// The kept frames of a reason, oldest first. Any thread.
    func read(_ reason: DropReason, worker: Int) -> [DropSample] {
        (0..<kept).compactMap { position in
            let slot = slots + (Int(reason.rawValue) * kept + position) * Slot.words
            for _ in 0..<Self.attempts {
                if let words = Self.words(of: slot) {
                    return words.isEmpty ? nil : Self.sample(words, reason, worker)
                }
            }
            return nil
        }.sorted { $0.number < $1.number }
    }

    /// How many frames of a reason are kept. Any thread.
    func count(_ reason: DropReason) -> Int {
        (0..<kept).count { position in
            let slot = slots + (Int(reason.rawValue) * kept + position) * Slot.words
            return slot[Slot.sequence].load(ordering: .relaxed) > 0
        }
    }

    /// A complete slot; empty when nothing was kept in it, nil when it changed meanwhile.
    private static func words(of slot: UnsafeMutablePointer<Atomic<UInt64>>) -> [UInt64]? {
        let before = slot[Slot.sequence].load(ordering: .acquiring)
        guard before & 1 == 0 else { return nil }
        guard before > 0 else { return [] }
        let words = (0..<Slot.words).map { slot[$0].load(ordering: .relaxed) }
        atomicMemoryFence(ordering: .acquiring)
        return slot[Slot.sequence].load(ordering: .relaxed) == before ? words : nil
    }

    private static func sample(
        _ words: [UInt64], _ reason: DropReason, _ worker: Int
    ) -> DropSample {
        let facts = words[Slot.facts]
        let count = Int(UInt8(truncatingIfNeeded: facts >> 32))
        return DropSample(
            reason: reason, stage: Stage(rawValue: UInt8(truncatingIfNeeded: facts >> 40)),
            worker: worker, port: UInt16(truncatingIfNeeded: facts >> 48), time: words[Slot.time],
            place: words[Slot.place], number: words[Slot.sequence] / 2 - 1,
            length: Int(UInt32(truncatingIfNeeded: facts)),
            bytes: (0..<count).map { offset in
                let word = words[Slot.bytes + offset / 8].littleEndian
                return UInt8(truncatingIfNeeded: word >> UInt64(8 * (offset % 8)))
            })
    }
}
