// SPDX-License-Identifier: Apache-2.0

/// One case with all numbers of workers.
public struct CaseReport: Codable, Sendable, Equatable {
    /// The path below the folder that was searched: what `--filter` looks at.
    public var name: String
    public var folder: String
    /// `title` of case.yaml; absent when it has none.
    public var title: String?
    /// The worst of its runs.
    public var verdict: CaseResult.Verdict
    /// In the order in which `--workers` names them.
    public var runs: [CaseResult]

    /// - Precondition: there is a run.
    public init(name: String, folder: String, title: String?, runs: [CaseResult]) {
        self.name = name
        self.folder = folder
        self.title = title
        self.runs = runs
        let order = CaseResult.Verdict.allCases
        verdict =
            order.last { candidate in runs.contains { $0.verdict == candidate } } ?? .passed
    }
}
