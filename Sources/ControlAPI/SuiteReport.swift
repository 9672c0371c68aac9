// SPDX-License-Identifier: Apache-2.0

/// What `freeway test --json` prints: all cases that were run.
public struct SuiteReport: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// Whether all cases passed with every number of workers.
    public var passed: Bool
    public var counts: Counts
    /// Wall time of all cases together.
    public var seconds: Double
    /// In the order of their folders.
    public var cases: [CaseReport]
    /// Expect files that `--update` wrote; absent without it.
    public var updates: [CaseUpdate]?
    /// Absent without `--coverage`.
    public var coverage: SuiteCoverage?

    /// How many there are of what.
    public struct Counts: Codable, Sendable, Equatable {
        /// Cases; one that was run with several numbers of workers counts once.
        public var cases: Int
        public var passed: Int
        public var failed: Int
        /// Cases that could not be run, crashed, or did not end in time.
        public var broken: Int
        /// Processes: cases times numbers of workers.
        public var runs: Int

        public init(cases: [CaseReport]) {
            self.cases = cases.count
            passed = cases.count { $0.verdict == .passed }
            failed = cases.count { $0.verdict == .failed }
            broken = cases.count - passed - failed
            runs = cases.reduce(0) { $0 + $1.runs.count }
        }
    }

    public init(
        cases: [CaseReport], seconds: Double, updates: [CaseUpdate]? = nil,
        coverage: SuiteCoverage? = nil
    ) {
        self.cases = cases
        self.seconds = seconds
        self.updates = updates
        self.coverage = coverage
        counts = Counts(cases: cases)
        passed = counts.passed == counts.cases
    }
}
