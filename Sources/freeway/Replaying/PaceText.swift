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
        let median = NumberText.duration(nanoseconds: differences.medianNanoseconds)
        let percentile = NumberText.duration(nanoseconds: differences.percentile99Nanoseconds)
        let most = NumberText.duration(nanoseconds: differences.maximumNanoseconds)
        return "median \(median), 99 % \(percentile), most \(most)"
    }
}
