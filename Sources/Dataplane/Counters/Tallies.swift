// SPDX-License-Identifier: Apache-2.0

import DPDK

/// A worker's own counters: plain words that nobody else reads. Worker's thread.
///
/// What others see is the copy that `TallyBoard` publishes.
struct Tallies: @unchecked Sendable {
    /// Where each counter lies. Pairs are frames and bytes.
    enum Slot {
        static let rounds = 0
        static let emptyRounds = 1
        static let burstsReceived = 2
        static let busyTicks = 3
        static let ticks = 4
        static let generated = 5
        static let copied = 6
        static let punted = 7
        static let consumed = 8
        static let held = 9
        static let rxHandedOff = 10
        static let rxTaken = 11
        static let txHandedOff = 12
        static let txTaken = 13
        /// No counter: where the worker's `DropSampler` lies.
        static let sampler = 14
        static let drops = 16
        static let ports = 80
        static let wordsPerPort = 4
        static let portCount = 32
        static let count = ports + wordsPerPort * portCount
    }

    let words: UnsafeMutablePointer<UInt64>
    /// Where dropped frames are kept for people to look at; nil when none are.
    ///
    /// It stands among the words, since a second pointer costs the loop of a stage a register.
    var samples: UnsafeMutablePointer<DropSampler>? {
        UnsafeMutablePointer(bitPattern: UInt(words[Slot.sampler]))
    }

    init(samples: UnsafeMutablePointer<DropSampler>? = nil) {
        precondition(
            Slot.drops + 2 * DropReason.allCases.count <= Slot.ports, "drop reasons overlap ports")
        words = UnsafeMutableRawPointer.allocate(byteCount: Slot.count * 8, alignment: 128)
            .bindMemory(to: UInt64.self, capacity: Slot.count)
        words.initialize(repeating: 0, count: Slot.count)
        words[Slot.sampler] = UInt64(UInt(bitPattern: samples))
    }

    func free() { words.deallocate() }

    @inline(__always)
    func add(_ slot: Int, _ number: Int) {
        words[slot] &+= UInt64(truncatingIfNeeded: number)
    }

    /// The one place where a frame is counted as dropped, and perhaps kept.
    ///
    /// Out of line, so that a stage's loop keeps its registers for the frames that go on.
    /// - Parameter stage: nil between workers.
    @inline(never)
    func drop(_ mbuf: MbufReference, by stage: Stage?, because reason: DropReason) {
        drop(reason, bytes: mbuf.frameLength)
        samples?.pointee.offer(mbuf, by: stage, because: reason, round: words[Slot.rounds])
    }

    /// All frames of a burst; they stay in it.
    func drop(_ burst: borrowing Burst, by stage: Stage?, because reason: DropReason) {
        for index in 0..<burst.count { drop(burst[index], by: stage, because: reason) }
    }

    @inline(__always)
    func drop(_ reason: DropReason, bytes: Int) {
        let slot = Slot.drops &+ 2 &* Int(reason.rawValue)
        words[slot] &+= 1
        words[slot &+ 1] &+= UInt64(truncatingIfNeeded: bytes)
    }

    @inline(__always)
    func received(port: UInt16, frames: Int, bytes: Int) {
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port), frames)
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 1, bytes)
    }

    @inline(__always)
    func transmitted(port: UInt16, frames: Int, bytes: Int) {
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 2, frames)
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 3, bytes)
    }
}
