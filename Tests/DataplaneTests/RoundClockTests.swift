// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

@testable import Dataplane

/// The observer that takes the time of the parts of a round.
@Suite(.usesEAL) struct RoundClockTests {
    @Test("of 1,280 rounds five are sampled, in a row")
    func sampledRounds() {
        let board = CycleBoard()
        var clock = RoundClock(board)
        let due = (0..<12_800).map { _ in clock.isDue() }
        #expect(due.count { $0 } == 50)
        let starts = due.indices.filter { due[$0] && ($0 == 0 || !due[$0 - 1]) }
        #expect(starts.count == 10)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == 1_280 })
    }

    @Test("four of five sampled rounds are counted, with their frames, and no tick twice")
    func counted() {
        let board = CycleBoard()
        var clock = RoundClock(board)
        let burst = Burst()
        var sampled = 0
        let before = TimestampCounter.now
        for _ in 0..<1_280_000 where clock.isDue() {
            sampled += 1
            clock.beginRound()
            clock.entered(.admit, burst)
            clock.entered(.transmit, burst)
            clock.reached(.receive)
            clock.reached(.stage(.transmit))
            clock.endRound(64)
        }
        let elapsed = TimestampCounter.now - before
        let cycles = board.read()
        #expect(sampled == 5_000)
        // A round in which the kernel ran something else is left out.
        #expect(cycles.rounds <= 4_000 && cycles.rounds > 2_000)
        #expect(cycles.frames == 64 * cycles.rounds)
        let sum = RoundPart.allCases.reduce(0) { $0 + cycles.ticks($1) }
        #expect(sum <= elapsed)
        for part in [
            RoundPart.handOff, .stage(.crossConnect), .stage(.validateIPv4), .stage(.route),
            .stage(.rewrite),
        ] {
            #expect(cycles.ticks(part) == 0, "\(part) was never reached")
        }
    }

    @Test("what a part takes is counted for that part")
    func parts() {
        let board = CycleBoard()
        var clock = RoundClock(board)
        let burst = Burst()
        // 10 µs: far below the millisecond of a round that is left out.
        let pause = TimestampCounter.frequency / 100_000
        for _ in 0..<128_000 where clock.isDue() {
            clock.beginRound()
            clock.entered(.route, burst)
            let start = TimestampCounter.now
            while TimestampCounter.now - start < pause {}
            clock.entered(.rewrite, burst)
            clock.endRound(1)
        }
        let cycles = board.read()
        #expect(cycles.rounds > 0)
        // Less than a tenth for the readings' own cost, which is taken off.
        #expect(cycles.ticks(.stage(.route)) > cycles.rounds * pause * 9 / 10)
    }
}
