// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing

@Suite struct LedgerTests {
    @Test func balancesByTheDesignsEquation() {
        var ledger = Ledger(
            received: 100, generated: 5, copied: 3, transmitted: 60, punted: 10, consumed: 7,
            inTransit: 1, dropped: ["noRoute": 20, "blackhole": 10])
        #expect(ledger.totalDropped == 30)
        #expect(ledger.isBalanced)
        ledger.inTransit = 0
        #expect(!ledger.isBalanced)
        #expect(Ledger().isBalanced)
    }

    @Test func doesNotTrapOnAbsurdCounts() {
        let ledger = Ledger(received: .max, generated: .max, dropped: ["a": .max, "b": .max])
        #expect(ledger.isBalanced)
    }

    @Test func ratesAreThoseBetweenSamplesOfOneRun() throws {
        let start = Timestamp(seconds: 100)
        func sample(
            _ seconds: Int64, frames: UInt64, startedAt: Timestamp? = nil
        ) -> StatsReply {
            StatsReply(
                time: Timestamp(seconds: seconds), startedAt: startedAt ?? start, workers: 1,
                ledger: Ledger(
                    received: frames, transmitted: frames,
                    bytes: LedgerBytes(received: frames * 60, transmitted: frames * 60)),
                handoff: Handoff(), ports: [:])
        }
        let rates = try #require(sample(104, frames: 4000).rates(since: sample(102, frames: 2000)))
        #expect(rates.seconds == 2)
        #expect(rates.received.framesPerSecond == 1000)
        #expect(rates.transmitted.bitsPerSecond == 480_000)
        #expect(sample(102, frames: 1).rates(since: sample(102, frames: 1)) == nil)
        #expect(sample(103, frames: 1).rates(since: sample(102, frames: 2)) == nil)
        let restarted = sample(103, frames: 5, startedAt: Timestamp(seconds: 101))
        #expect(restarted.rates(since: sample(102, frames: 2)) == nil)
    }

    @Test func ratesHaveNoInfinity() {
        #expect(Rate(frames: 1, bytes: 1, seconds: 0).framesPerSecond == 0)
        #expect(Rate(frames: 1, bytes: 1, seconds: .nan).bitsPerSecond == 0)
    }
}
