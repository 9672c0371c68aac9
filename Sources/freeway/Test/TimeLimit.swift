// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlPlane

/// A wall time, as `--timeout 90s` names it; a number alone is seconds.
struct TimeLimit: CustomStringConvertible {
    static let standard = TimeLimit(description: "60s", duration: .seconds(60))

    let description: String
    let duration: Duration

    /// - Throws: `ValidationError` that says what would be right.
    static func parse(_ argument: String) throws -> TimeLimit {
        let isNumber = argument.utf8.last.map { (48...57).contains($0) } ?? false
        guard case .at(let nanoseconds) = ReplayStep.Moment(isNumber ? argument + "s" : argument),
            nanoseconds > 0, let count = Int64(exactly: nanoseconds)
        else {
            throw ValidationError(
                "--timeout takes a time such as 90s, 500ms or 2min, not \"\(argument)\"")
        }
        return TimeLimit(description: argument, duration: .nanoseconds(count))
    }
}
