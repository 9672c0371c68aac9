// SPDX-License-Identifier: Apache-2.0

import Dataplane

/// The drop reasons in words, for those who print them.
public struct DropReasonText: Sendable {
    /// As in JSON and metrics.
    public let name: String
    /// One line.
    public let summary: String

    public static let all = DropReason.allCases.map {
        DropReasonText(name: $0.name, summary: $0.summary)
    }
}
