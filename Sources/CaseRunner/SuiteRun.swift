// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import Foundation
public import Replays

/// Runs cases, each with each number of workers in a process of its own.
public struct SuiteRun {
    public var cases: [Entry]
    /// Numbers of workers, in the order in which to run them.
    public var workers: [Int]
    /// Runs the processes.
    public var pool: ChildPool
    /// The program, `freeway`.
    public var program: String
    /// Where each run puts what left its ports: `NAME/WORKERS-workers/PORT.pcap`.
    public var outputs: String
    /// How frames come in.
    public var intake = Replay.Intake.usual
    /// Whether to ask the first run of each case what it used of its configuration.
    public var recordsCoverage = false
    /// Whether a case that expects nothing is at fault.
    public var needsExpectation = true

    private let scratch: WorkFolder

    /// A case, and what its file calls it.
    public struct Entry: Sendable {
        public var folder: CaseFolder
        public var title: String?

        public init(folder: CaseFolder, title: String? = nil) {
            self.folder = folder
            self.title = title
        }
    }

    public init(
        _ cases: [Entry], workers: [Int], pool: ChildPool, program: String, outputs: String,
        scratch: WorkFolder
    ) {
        self.cases = cases
        self.workers = workers
        self.pool = pool
        self.program = program
        self.outputs = outputs
        self.scratch = scratch
    }

    /// Where a run puts its captures.
    public func outputFolder(_ entry: Entry, workers: Int) -> String {
        // A name that leads out of the folder, as `../cases` of several roots does, must not.
        let parts = entry.folder.name.split(separator: "/").map { $0 == ".." ? "up" : $0 }
        return "\(outputs)/\(parts.joined(separator: "/"))/\(workers)-workers"
    }

    /// What is told while cases run.
    public struct Progress: Sendable {
        /// Cases that ended.
        public var done = 0
        public var total: Int
        /// Those of them that did not pass.
        public var failed = 0
        /// The case that began last.
        public var current: String
    }

    /// Runs all of them.
    ///
    /// - Parameters:
    ///   - judge: called for each case once all its runs have ended: adds what only shows when they are
    ///     compared with each other.
    ///   - progress: called when a run begins and when one ends.
    ///   - finished: called for each case in the order of `cases`, as soon as those before it are done.
    /// - Returns: the reports in the order of `cases`; nil when it was interrupted.
    public func run(
        judge: (Entry, inout [CaseResult]) -> Void = { _, _ in },
        progress: (Progress) -> Void, finished: (CaseReport) -> Void
    ) throws(WorkFolder.Failure) -> [CaseReport]? {
        var tasks: [ChildPool.Task] = []
        // The run that each task is, by its place among all runs of all cases.
        var places: [Int] = []
        var results = [CaseResult?](repeating: nil, count: cases.count * workers.count)
        for (position, entry) in cases.enumerated() {
            for (index, count) in workers.enumerated() {
                let place = position * workers.count + index
                guard entry.folder.faults.isEmpty else {
                    results[place] = Self.broken(entry, workers: count)
                    continue
                }
                tasks.append(try task(entry, count, number: tasks.count, isFirst: index == 0))
                places.append(place)
            }
        }
        var reports: [CaseReport?] = cases.map { _ in nil }
        var shown = 0
        var state = Progress(total: cases.count, current: "")
        func report(_ position: Int) {
            let range = position * workers.count..<(position + 1) * workers.count
            var runs = results[range].compactMap { $0 }
            for index in runs.indices { runs[index].set(intake) }
            guard runs.count == workers.count, reports[position] == nil else { return }
            judge(cases[position], &runs)
            let report = CaseReport(
                name: cases[position].folder.name, folder: cases[position].folder.path,
                title: runs.lazy.compactMap(\.title).first ?? cases[position].title, runs: runs)
            reports[position] = report
            state.done += 1
            state.failed += report.verdict == .passed ? 0 : 1
            progress(state)
            while shown < reports.count, let next = reports[shown] {
                finished(next)
                shown += 1
            }
        }
        for position in cases.indices { report(position) }
        let ranAll = pool.run(
            tasks,
            started: { number in
                state.current = cases[places[number] / workers.count].folder.name
                progress(state)
            },
            finished: { number, outcome in
                let (position, index) = places[number].quotientAndRemainder(
                    dividingBy: workers.count)
                results[places[number]] = Self.result(
                    outcome, cases[position], workers: workers[index])
                WorkFolder.remove(temporaryFolder(number))
                report(position)
            })
        return ranAll ? reports.compactMap { $0 } : nil
    }

    /// A case whose folder is at fault needs no process to say so.
    private static func broken(_ entry: Entry, workers: Int) -> CaseResult {
        CaseResult(
            folder: entry.folder.path, title: entry.title, workers: workers, verdict: .broken,
            error: entry.folder.faults.joined(separator: "\n"), notes: entry.folder.notes)
    }

    private func temporaryFolder(_ number: Int) -> String { "\(scratch.path)/run-\(number)" }

    /// Whatever a child makes for itself is in a folder that goes when it has ended, however it ended.
    private func task(
        _ entry: Entry, _ count: Int, number: Int, isFirst: Bool
    ) throws(WorkFolder.Failure) -> ChildPool.Task {
        let output = outputFolder(entry, workers: count)
        WorkFolder.remove(output)
        try WorkFolder.make(output)
        let temporary = temporaryFolder(number)
        try WorkFolder.make(temporary)
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = temporary
        // DPDK's folder, which a process that is killed leaves.
        environment["RUNTIME_DIRECTORY"] = temporary
        // The parent says what is to be said of a crash; a backtrace of all threads takes seconds.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        var words = [
            program, "test", "--run-one", entry.folder.path, "--workers", String(count), "--keep",
            output,
        ]
        words += intake.words
        if recordsCoverage, isFirst { words.append("--coverage") }
        if !needsExpectation { words.append("--update-all") }
        return ChildPool.Task(words, environment: environment)
    }

    /// What a process printed, or why it printed nothing.
    static func result(_ outcome: ChildOutcome, _ entry: Entry, workers: Int) -> CaseResult {
        var failed = CaseResult(
            folder: entry.folder.path, title: entry.title, workers: workers, verdict: .crashed,
            seconds: outcome.seconds)
        let last =
            outcome.lastErrors.isEmpty
            ? ""
            : "\nits last words:\n" + outcome.lastErrors.map { "  \($0)" }.joined(separator: "\n")
        switch outcome.end {
        case .exited(let code):
            if code == 0 || code == 1,
                var result = try? ControlJSON.decode(CaseResult.self, from: Data(outcome.output))
            {
                result.seconds = outcome.seconds
                return result
            }
            failed.error =
                "the process ended with exit code \(code) and without a result; this is a fault of "
                + "Freeway: please report it" + last
        case .signalled(let number):
            failed.error =
                "the process ended by \(ChildOutcome.name(ofSignal: number)); this is a fault of "
                + "Freeway: please report it" + last
        case .timedOut(let limit):
            failed.verdict = .timedOut
            failed.error =
                "did not end within \(Self.text(limit)) and was killed; --timeout sets the limit"
                + last
        case .notStarted(let reason):
            failed.error = reason
        }
        return failed
    }

    private static func text(_ limit: Duration) -> String {
        let seconds = limit / .seconds(1)
        return seconds == seconds.rounded()
            ? "\(Int(seconds)) s" : "\(Int((seconds * 1000).rounded())) ms"
    }
}

extension CaseResult {
    /// How the frames came in, where that was asked for.
    fileprivate mutating func set(_ intake: Replay.Intake) {
        switch intake {
        case .usual: break
        case .bursts(let burst): self.burst = burst
        case .lockStep: lockStep = true
        }
    }
}
