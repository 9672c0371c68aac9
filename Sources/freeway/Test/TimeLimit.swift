// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Replays

/// A wall time, as `--timeout 90s` names it.
struct TimeLimit: CustomStringConvertible {
    static let standard = TimeLimit(description: "60s", duration: .seconds(60))

    let description: String
    let duration: Duration

    /// - Throws: `ValidationError` that says what would be right.
    static func parse(_ argument: String) throws -> TimeLimit {
        guard case .at(let nanoseconds) = ReplayStep.Moment(argument), nanoseconds > 0,
            let count = Int64(exactly: nanoseconds)
        else {
            let remedy = MomentText.remedy(argument).map { "; \($0)" } ?? ""
            throw ValidationError(
                "--timeout takes a time such as 90s, 500ms or 2min, not \"\(argument)\"\(remedy)")
        }
        return TimeLimit(description: argument, duration: .nanoseconds(count))
    }
}
