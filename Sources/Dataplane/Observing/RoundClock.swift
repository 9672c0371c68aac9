// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Reads the time stamp counter between the parts of a round, in one round of 256. Worker's thread.
///
/// Sampled rounds come in fives. The first is not counted: it fetches the code that was compiled for
/// this observer, and teaches the branch predictors. Four follow, since a worker with full bursts does
/// in four rounds all that it does (it reads its own clock in each fourth). The cost of a reading,
/// measured at the start, is taken off. A round of more than a millisecond is not counted: the kernel ran
/// something else meanwhile, or the worker waited for another one.
struct RoundClock: RoundWatcher {
    @inline(__always) static var watchesFrames: Bool { false }
    private static let period: UInt32 = 1_280
    private static let counted: UInt32 = 4
    private static let longestRoundsPerSecond: UInt64 = 1_000

    private let board: CycleBoard
    /// Ticks of one reading.
    private let ownCost: UInt64
    /// The first come sooner, for short runs.
    private var untilSample = period / 4
    private var last: UInt64 = 0
    private var part = RoundPart.receive
    private var began: UInt64 = 0
    /// Ticks of the longest round that is counted.
    private let longest: UInt64

    /// Takes the cost of a reading on the thread that calls.
    init(_ board: CycleBoard) {
        self.board = board
        var least = UInt64.max
        for _ in 0..<256 {
            let before = TimestampCounter.now
            least = min(least, TimestampCounter.now &- before)
        }
        ownCost = least
        longest = TimestampCounter.frequency / Self.longestRoundsPerSecond
    }

    /// Whether the round that is about to begin is a sampled one.
    @inline(__always) mutating func isDue() -> Bool {
        untilSample = untilSample == 0 ? Self.period &- 1 : untilSample &- 1
        return untilSample <= Self.counted
    }

    @inline(__always) static func round<Source: FrameSource>(
        _ state: inout WorkerState, _ source: Source.Type
    ) -> Int {
        state.clockOfRounds.isDue()
            ? sampledRound(&state, source) : NoObserver.round(&state, source)
    }

    @inline(never)
    private static func sampledRound<Source: FrameSource>(
        _ state: inout WorkerState, _ source: Source.Type
    ) -> Int {
        var clock = state.clockOfRounds
        clock.beginRound()
        let frames = WorkerLoop.round(&state, source, &clock)
        clock.endRound(frames)
        state.clockOfRounds = clock
        return frames
    }

    mutating func beginRound() {
        part = .receive
        board.beginRound()
        began = TimestampCounter.now
        last = began
    }

    mutating func endRound(_ frames: Int) {
        go(to: .receive)
        guard untilSample < Self.counted, last &- began <= longest else { return }
        board.endRound(frames)
    }

    @inline(__always) private mutating func go(to next: RoundPart) {
        let now = TimestampCounter.now
        let spent = now &- last
        board.add(spent > ownCost ? spent &- ownCost : 0, toCurrent: part.index)
        part = next
        last = now
    }

    @inline(__always) mutating func reached(_ part: RoundPart) { go(to: part) }

    @inline(__always)
    mutating func entered(_ stage: Stage, _ burst: borrowing Burst) { go(to: .stage(stage)) }
}
