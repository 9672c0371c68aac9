// SPDX-License-Identifier: Apache-2.0

public import ControlAPI

/// Runs of one case that ended alike with several numbers of workers: what a person wants to read once.
public struct RunGroup: Sendable {
    public let runs: [CaseResult]

    /// The runs of a case that did not pass, those that say the same together.
    public static func failures(of report: CaseReport) -> [RunGroup] {
        var groups: [[CaseResult]] = []
        for run in report.runs where run.verdict != .passed {
            if let index = groups.firstIndex(where: { isAlike($0[0], run) }) {
                groups[index].append(run)
            } else {
                groups.append([run])
            }
        }
        return groups.map(RunGroup.init)
    }

    private static func isAlike(_ left: CaseResult, _ right: CaseResult) -> Bool {
        left.verdict == right.verdict && left.error == right.error
            && left.failures == right.failures
    }

    /// `1 worker`, `2, 4 and 8 workers`.
    public var workers: String { Self.text(workers: runs.map(\.workers)) }

    public static func text(workers: [Int]) -> String {
        let numbers = workers.map(String.init)
        guard numbers.count > 1 else {
            return numbers == ["1"] ? "1 worker" : "\(numbers[0]) workers"
        }
        return "\(numbers.dropLast().joined(separator: ", ")) and \(numbers.last!) workers"
    }

    /// What is wrong, in full: lines without a newline at the end.
    public var text: String { Self.text(runs[0]) }

    /// More failures of a run are only counted: who has read these has read enough.
    private static let told = 20

    static func text(_ run: CaseResult) -> String {
        var parts = (run.error.map { [$0] } ?? []) + run.failures.prefix(told).map(\.text)
        let more = run.failures.count - told
        if more > 0 {
            parts.append("and \(more) more failures; freeway test --json has all of them")
        }
        // What is odd about a capture may be the reason.
        if !run.notes.isEmpty {
            parts.append(run.notes.map { "note: \($0)" }.joined(separator: "\n"))
        }
        return parts.map(Printable.text).joined(separator: "\n\n")
    }

    /// The first line of what is wrong.
    static func summary(_ run: CaseResult) -> String {
        let line = text(run).split(separator: "\n").first.map(String.init) ?? ""
        switch run.failures.count {
        case 0, 1: return line
        case let count: return "\(line) (and \(count - 1) more)"
        }
    }

    /// What to type to see it again.
    public var command: String { Self.command(runs[0]) }

    static func command(_ run: CaseResult) -> String {
        let workers = run.workers == 1 ? "" : " --workers \(run.workers)"
        let intake =
            run.lockStep == true ? " --lock-step" : run.burst.map { " --burst \($0)" } ?? ""
        return "freeway test \(ShellWord.quoted(run.folder))\(workers)\(intake)"
    }
}
