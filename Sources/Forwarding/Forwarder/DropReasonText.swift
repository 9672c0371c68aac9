// SPDX-License-Identifier: Apache-2.0

import Dataplane

/// The drop reasons in words, for those who print them.
public struct DropReasonText: Sendable {
    /// As in JSON and metrics.
    public let name: String
    /// One line.
    public let summary: String

    /// How many dropped frames of each reason are kept unless the user says otherwise.
    public static let usuallyKept = 16
    /// 256 bytes for each frame, reason and worker: 7 MB for each worker at the most.
    public static let mostKept = 1024

    public static let all = DropReason.allCases.map {
        DropReasonText(name: $0.name, summary: $0.summary)
    }
}
