// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

@testable import Dataplane

/// Timers of a worker that polls ports, in rounds of the test's own.
@Suite(.usesEAL) struct LiveTimersTests {
    private enum Counted: PolledFrames {
        /// One test has them.
        nonisolated(unsafe) static var came: [Int] = []

        static func walk<Observer: StageObserver>(
            _ state: inout WorkerState, _ observer: inout Observer
        ) {}

        static func expired<Observer: StageObserver>(
            _ timer: Int, _ state: inout WorkerState, _ observer: inout Observer
        ) {
            came.append(timer)
        }
    }

    /// Frames are taken in between.
    @Test func givenAStormEachRoundTakesABurstOfIt() throws {
        let bench = try StageBench(crossing([]), stages: [.crossConnect])
        var armed: UInt64 = 0
        let timers = UnsafeMutablePointer<WorkerTimers>.allocate(capacity: 1)
        defer {
            timers.deinitialize(count: 1)
            timers.deallocate()
        }
        try withUnsafeMutablePointer(to: &armed) { counter in
            bench.state.now = TimestampCounter.now
            timers.initialize(
                to: WorkerTimers(
                    capacity: 201, now: bench.state.now, counter: counter,
                    tickBits: WorkerTimers.liveTickBits))
            bench.state.timers = timers
            for timer in 0..<201 { bench.state.arm(timer, at: bench.state.now) }
            bench.state.disarm(100)
            // None is due in the tick that has begun.
            #expect(bench.state.deadline > bench.state.now)
            bench.state.hasNews = false
            var counts: [Int] = []
            var observer = NoObserver()
            var rounds = 0
            while Counted.came.count < 200, rounds < 1_000_000_000 {
                let before = Counted.came.count
                let frames = WorkerLoop.round(&bench.state, Counted.self, &observer)
                try #require(frames == 0)
                if Counted.came.count > before { counts.append(Counted.came.count - before) }
                rounds += 1
            }
            #expect(counts == [64, 64, 64, 8])
            #expect(Counted.came == Array(0..<100) + Array(101..<201))
            #expect(bench.state.deadline == .max)
            // They are news, and no frames.
            #expect(bench.state.hasNews == true)
            #expect(bench.rounds.read().emptyRounds == UInt64(rounds))
        }
    }
}
