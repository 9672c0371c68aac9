// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The terms of the ledger: a worker's own counters, plain words that nobody else reads. Worker's thread;
/// control thread once it has returned.
///
/// What others see is the copy that `TallyBoard` publishes, all of one moment. What need not balance is in
/// words that readers take in place (`SingleWriterWords`).
struct Tallies: @unchecked Sendable {
    /// Where each counter lies. Pairs are frames and bytes.
    enum Slot {
        /// When the set was published: ticks of the time stamp counter since the worker started.
        static let ticks = 0
        static let generated = 1
        static let copied = 2
        static let punted = 3
        static let consumed = 4
        /// In transmit buffers.
        static let inTransit = 5
        /// Kept until something comes that the frame needs to go on.
        static let parked = 6
        static let rxHandedOff = 7
        static let rxTaken = 8
        static let txHandedOff = 9
        static let txTaken = 10
        /// Of at least one frame.
        static let burstsReceived = 11
        static let ports = 16
        static let wordsPerPort = 4
        static let portCount = 32
        /// At the end, since there are as many as there are reasons.
        static let drops = ports + wordsPerPort * portCount

        /// How many words there are.
        static func count(reasons: Int = DropReason.allCases.count) -> Int { drops + 2 * reasons }
    }

    /// In front of the counters: where the worker's `DropSampler` lies.
    private static let samplerWord = -16

    let words: UnsafeMutablePointer<UInt64>
    /// Where dropped frames are kept for people to look at; nil when none are.
    ///
    /// It stands beside the counters, since a second pointer costs the loop of a stage a register.
    var samples: UnsafeMutablePointer<DropSampler>? {
        UnsafeMutablePointer(bitPattern: UInt(words[Self.samplerWord]))
    }

    init(samples: UnsafeMutablePointer<DropSampler>? = nil, count: Int = Slot.count()) {
        let all = count - Self.samplerWord
        let memory = UnsafeMutableRawPointer.allocate(byteCount: all * 8, alignment: 128)
            .bindMemory(to: UInt64.self, capacity: all)
        memory.initialize(repeating: 0, count: all)
        words = memory - Self.samplerWord
        words[Self.samplerWord] = UInt64(UInt(bitPattern: samples))
    }

    func free() { (words + Self.samplerWord).deallocate() }

    @inline(__always) func add(_ slot: Int, _ number: Int) {
        words[slot] &+= UInt64(truncatingIfNeeded: number)
    }

    /// The one place where a frame is counted as dropped, and perhaps kept.
    ///
    /// Out of line, so that a stage's loop keeps its registers for the frames that go on.
    /// - Parameter stage: nil between workers.
    @inline(never)
    func drop(_ mbuf: MbufReference, by stage: Stage?, because reason: DropReason) {
        drop(reason, bytes: mbuf.frameLength)
        samples?.pointee.offer(mbuf, by: stage, because: reason)
    }

    /// All frames of a burst; they stay in it.
    func drop(_ burst: borrowing Burst, by stage: Stage?, because reason: DropReason) {
        for index in 0..<burst.count { drop(burst[index], by: stage, because: reason) }
    }

    /// Counts alone: what is dropped goes through the function above, which also keeps it.
    @inline(__always) func drop(_ reason: DropReason, bytes: Int) {
        let slot = Slot.drops &+ 2 &* Int(reason.rawValue)
        words[slot] &+= 1
        words[slot &+ 1] &+= UInt64(truncatingIfNeeded: bytes)
    }

    @inline(__always) func received(port: UInt16, frames: Int, bytes: Int) {
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port), frames)
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 1, bytes)
    }

    @inline(__always) func transmitted(port: UInt16, frames: Int, bytes: Int) {
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 2, frames)
        add(Slot.ports &+ Slot.wordsPerPort &* Int(port) &+ 3, bytes)
    }
}
