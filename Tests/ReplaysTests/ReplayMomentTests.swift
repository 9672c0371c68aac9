// SPDX-License-Identifier: Apache-2.0

import Replays
import Testing

/// How the time of a replay's step is written.
@Suite struct ReplayMomentTests {
    @Test(
        arguments: [
            ("end", .end), ("0s", .at(0)), ("1500ms", .at(1_500_000_000)),
            ("2s", .at(2_000_000_000)),
            ("1.5s", .at(1_500_000_000)), ("10us", .at(10_000)), ("7ns", .at(7)),
            ("3min", .at(180_000_000_000)), ("0.5min", .at(30_000_000_000)),
            ("0.000000001s", .at(1)), ("1.000s", .at(1_000_000_000)),
            ("18446744073s", .at(18_446_744_073_000_000_000)),
        ] as [(String, ReplayStep.Moment)])
    func readsNumbersWithUnits(text: String, moment: ReplayStep.Moment) {
        #expect(ReplayStep.Moment(text) == moment)
        #expect(ReplayStep.Moment(moment.description) == moment)
    }

    @Test(arguments: [
        "", "1", "s", "-1s", "+1s", "1 s", "1h", "1S", "End", ".5s", "1.s", "1..5s", "1.5.5s",
        "0.1ns", "0.0000000001s", "18446744074s", "99999999999999999999s", "1e3s", "\u{661}s",
    ])
    func refusesAllElse(text: String) { #expect(ReplayStep.Moment(text) == nil) }

    @Test(
        arguments: [
            (.at(0), "0s"), (.at(1_500_000_000), "1500ms"), (.at(1_001), "1001ns"), (.end, "end"),
        ] as [(ReplayStep.Moment, String)])
    func isWrittenInTheLargestUnit(moment: ReplayStep.Moment, text: String) {
        #expect(moment.description == text)
    }
}
