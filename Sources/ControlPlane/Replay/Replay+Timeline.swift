// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Dataplane

extension Replay {
    /// When frames enter, over all rounds.
    /// - Throws: `ForwarderError` when the last would enter later than a capture can say.
    func timeline(_ surveys: [String: CaptureSurvey]) throws(ForwarderError) -> ReplayTimeline {
        let timeline = ReplayTimeline(of: surveys.values.map(\.times), rounds: rounds)
        guard rounds > 1 else { return timeline }
        // A pcap file has 32 bits for the seconds.
        let latest: UInt64 = 0xffff_ffff * 1_000_000_000
        guard let end = timeline.end, end <= latest else {
            let most =
                timeline.last > latest ? 1 : 1 + (latest - timeline.last) / timeline.period
            throw ForwarderError(
                .usage,
                "--loop \(rounds): the last frames would enter after the year 2106, where the times of "
                    + "captures end; at most \(most) fit")
        }
        return timeline
    }

    func paceReport(_ pace: ReplayPace, _ timeline: ReplayTimeline) -> ReplayPaceReport {
        let span = (timeline.end ?? timeline.last) - timeline.first
        return ReplayPaceReport(
            speed: pace.speed, wantedSeconds: Double(span) / 1e9 / pace.speed,
            achievedSeconds: pace.elapsedSeconds,
            lateness: ReplayPaceReport.Differences(pace.lateness),
            gapErrors: ReplayPaceReport.Differences(pace.gapErrors))
    }
}

extension ReplayPaceReport.Differences {
    init(_ differences: ReplayPace.Differences) {
        self.init(
            medianNanoseconds: differences.median,
            percentile99Nanoseconds: differences.percentile99,
            maximumNanoseconds: differences.maximum)
    }
}
