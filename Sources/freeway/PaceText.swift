// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// How well a replay kept to its pace, in words.
enum PaceText {
    static func lines(_ pace: ReplayPaceReport) -> String {
        """
        pace: \(NumberText.fixed(pace.wantedSeconds, decimals: 3)) s wanted, \
        \(NumberText.fixed(pace.achievedSeconds, decimals: 3)) s achieved at \
        \(NumberText.fixed(pace.speed, decimals: pace.speed == pace.speed.rounded() ? 0 : 2)) × speed
        frames late: \(text(pace.lateness))
        gaps wrong: \(text(pace.gapErrors))

        """
    }

    private static func text(_ differences: ReplayPaceReport.Differences) -> String {
        "median \(duration(differences.medianNanoseconds)), "
            + "99 % \(duration(differences.percentile99Nanoseconds)), "
            + "most \(duration(differences.maximumNanoseconds))"
    }

    private static func duration(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1000: "\(nanoseconds) ns"
        case ..<1_000_000: "\(NumberText.fixed(Double(nanoseconds) / 1e3, decimals: 1)) µs"
        case ..<1_000_000_000: "\(NumberText.fixed(Double(nanoseconds) / 1e6, decimals: 1)) ms"
        default: "\(NumberText.fixed(Double(nanoseconds) / 1e9, decimals: 1)) s"
        }
    }
}
