// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Dataplane
import Forwarding

extension Replay {
    /// When frames enter, over all rounds.
    /// - Throws: `ForwarderError` when the last would enter later than a capture can say.
    func timeline(_ surveys: [String: CaptureSurvey]) throws(ForwarderError) -> ReplayTimeline {
        let timeline = ReplayTimeline(of: surveys.values.map(\.times), rounds: rounds)
        guard rounds > 1 else { return timeline }
        guard timeline.end != nil else {
            let most = 1 + (UInt64.max - timeline.last) / timeline.period
            let isFrom1970 = surveys.values.allSatisfy { $0.epoch == 0 }
            throw ForwarderError(
                .usage,
                "--loop \(rounds): the last frames would enter "
                    + (isFrom1970 ? "after the year 2554" : "more than 584 years after the first")
                    + ", where the clock of a replay ends; at most \(most) fit")
        }
        return timeline
    }

    /// Says of outputs that they are not what their names ask for.
    func formatNotes(_ surveys: [String: CaptureSurvey]) -> [String] {
        let end = ReplayTimeline(of: surveys.values.map(\.times), rounds: rounds).end
        guard !CaptureFormat.pcapHolds(from: surveys.values.first?.epoch ?? 0, to: end) else {
            return []
        }
        return outputs.sorted { $0.key < $1.key }.filter {
            CaptureFormat(ofFileNamed: $0.value) == .pcap
        }.map {
            "\($0.value): is written as pcapng, since pcap holds no times before 1970 or after 2106"
        }
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
