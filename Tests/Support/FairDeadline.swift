// SPDX-License-Identifier: Apache-2.0

/// The end of a test's patience, by a ``FairStopwatch``.
public struct FairDeadline: Sendable {
    private let limit: Duration
    private let stopwatch = FairStopwatch()

    public init(after limit: Duration) { self.limit = limit }

    public var isOver: Bool { stopwatch.elapsed >= limit }

    /// As ``FairStopwatch/account``.
    public var account: String { stopwatch.account }
}
