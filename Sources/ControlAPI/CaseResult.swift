// SPDX-License-Identifier: Apache-2.0

/// What one run of a case showed: `freeway test` runs a case once for each number of workers, each time
/// in a process of its own, which prints this object.
public struct CaseResult: SchemaVersioned, Equatable {
    /// How a run ended.
    public enum Verdict: String, Codable, Sendable, CaseIterable {
        /// All that the case expects came true.
        case passed
        /// Something that the case expects did not come true: ``CaseResult/failures`` says what.
        case failed
        /// The case cannot be run: ``CaseResult/error`` says why.
        case broken
        /// The process ended without a result; a fault of Freeway's.
        case crashed
        /// The process did not end within the time limit, and was killed.
        case timedOut
    }

    public private(set) var schemaVersion = Self.currentSchema
    /// As `freeway test` was given it, or found it.
    public var folder: String
    /// `title` of case.yaml; absent when it has none.
    public var title: String?
    public var workers: Int
    /// The most frames that came in at once; absent where nobody asked for fewer than usual.
    public var burst: Int?
    /// Present where somebody asked for one frame at a time.
    public var lockStep: Bool?
    public var verdict: Verdict
    /// What differs from what the case expects; empty unless ``verdict`` is `failed`.
    public var failures: [CaseFailure]
    /// Why there is no verdict on the expectations; absent when there is one.
    public var error: String?
    /// Remarks for a person, such as a capture whose timestamps run backwards.
    public var notes: [String]
    /// Frames that came in.
    public var received: UInt64
    /// Frames by drop reason (lowerCamelCase).
    public var dropped: [String: UInt64]
    /// Wall time of the process, from its start to its end.
    public var seconds: Double
    /// What of its configurations the case used, one for each that a step brought; present when asked for.
    public var coverage: [CaseCoverage]?

    public init(
        folder: String, title: String? = nil, workers: Int, verdict: Verdict,
        failures: [CaseFailure] = [], error: String? = nil, notes: [String] = [],
        received: UInt64 = 0, dropped: [String: UInt64] = [:], seconds: Double = 0,
        coverage: [CaseCoverage]? = nil
    ) {
        self.folder = folder
        self.title = title
        self.workers = workers
        self.verdict = verdict
        self.failures = failures
        self.error = error
        self.notes = notes
        self.received = received
        self.dropped = dropped
        self.seconds = seconds
        self.coverage = coverage
    }
}
