// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlPlane

/// A wall time, as `--timeout 90s` names it; a number alone is seconds.
struct TimeLimit: ExpressibleByArgument, CustomStringConvertible {
    static let standard = TimeLimit(text: "60s", duration: .seconds(60))

    let duration: Duration
    private let text: String

    init?(argument: String) {
        let isNumber = argument.utf8.last.map { (48...57).contains($0) } ?? false
        guard case .at(let nanoseconds) = ReplayStep.Moment(isNumber ? argument + "s" : argument),
            nanoseconds > 0, let count = Int64(exactly: nanoseconds)
        else { return nil }
        self.init(text: argument, duration: .nanoseconds(count))
    }

    private init(text: String, duration: Duration) {
        self.text = text
        self.duration = duration
    }

    var description: String { text }
    var defaultValueDescription: String { text }
}
