// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaseRunner
import ControlAPI
import Forwarding
import FreewayConfiguration
import Glibc
import Replays

/// One call of `freeway test`: finds the cases, runs them, says what came out.
struct Suite {
    let command: TestCommand

    /// - Throws: `ExitCode` 1 when a case did not pass, 130 when interrupted.
    func run() throws {
        let found = try CaseSearch.cases(in: command.folders) { Terminal.writeError("note: \($0)") }
        let entries = try selected(found.map(Self.entry))
        let junit = try command.junit.map { try ReportFile(path: $0) }
        try Replay.requireMemory()
        let jobs = command.jobs ?? Replay.atOnce(Machine.current().allowedCPUs.count)
        // Its own, three pipes for each child, and as many more while one is started.
        let ofCases = entries.map { openFiles(of: $0.folder) }
        try OpenFiles.require(max(24 + 3 * jobs, ofCases.max() ?? 0))
        let scratch = try WorkFolder()
        if let keep = command.keep { try WorkFolder.make(keep) }
        var suite = SuiteRun(
            entries, workers: command.workers.counts,
            pool: ChildPool(
                width: jobs,
                limit: command.timeout.duration, isInterrupted: { Interruption.isRequested }),
            program: try Self.program(), outputs: try command.keep ?? scratch.make("outputs"),
            scratch: scratch)
        suite.recordsCoverage = command.coverage
        suite.intake = command.incoming.intake
        suite.needsExpectation = !command.updateAll
        Interruption.watch()
        // Who stops reading what is printed ends the suite by `exit`, which cleans up.
        signal(SIGPIPE, SIG_IGN)
        let began = ContinuousClock.now
        let start = time(nil)
        var output = SuiteOutput(form: form, isVerbose: command.verbose, style: Terminal.style)
        output.begin(count: entries.count)
        var updates: [CaseUpdate]?
        let reports: [CaseReport]
        if command.update || command.updateAll {
            (reports, updates) = try update(suite, output)
            for report in reports { output.show(report) }
        } else {
            reports = try run(suite, output.showProgress) { output.show($0) }
        }
        var report = SuiteReport(
            cases: reports, seconds: (.now - began) / .seconds(1), updates: updates)
        if command.coverage { report.coverage = Self.coverage(of: reports) }
        try junit?.write(
            JUnitReport(Self.suites(entries, reports), start: start, host: Self.hostName).xml)
        if let updates { output.show(updates, reports) }
        if let coverage = report.coverage { output.show(coverage) }
        output.end(report)
        if command.json {
            Terminal.write(try ControlJSON.text(report))
        }
        guard report.passed else { throw ExitCode(1) }
    }

    /// What a case's own process needs, which inherits the limit. Every port of the configuration may send; those
    /// that files are named after are known before it is read.
    private func openFiles(of folder: CaseFolder) -> Int {
        Replay.openFiles(
            workers: command.workers.counts.max() ?? 1, inputs: folder.inputs.count,
            outputs: Set((folder.inputs + folder.expectations).map(\.port)).count)
    }

    /// - Throws: `ExitCode` 130 when interrupted.
    private func run(
        _ suite: SuiteRun, _ progress: (SuiteRun.Progress) -> Void,
        finished: (CaseReport) -> Void = { _ in }
    ) throws -> [CaseReport] {
        let agreement = WorkerAgreement(suite)
        let reports = try suite.run(
            judge: { agreement.judge($0, &$1) }, progress: progress, finished: finished)
        Terminal.showProgress(nil)
        guard let reports else {
            Terminal.writeError("interrupted; no report was written")
            throw ExitCode(130)
        }
        return reports
    }

    /// Runs all cases, writes what left their ports, and runs those again whose files it wrote.
    private func update(
        _ suite: SuiteRun, _ output: SuiteOutput
    ) throws -> ([CaseReport], [CaseUpdate]) {
        var reports = try run(suite, output.showProgress)
        let updater = CaseUpdater(suite, createsFiles: command.updateAll)
        var updates: [CaseUpdate] = []
        var changed: [Int] = []
        for (index, entry) in suite.cases.enumerated() {
            let own = try updater.update(entry, reports[index].runs[0])
            if !own.isEmpty { changed.append(index) }
            updates += own
        }
        var again = suite
        again.cases = changed.map { suite.cases[$0] }
        again.needsExpectation = true
        for (index, report) in zip(changed, try run(again, output.showProgress)) {
            reports[index] = report
        }
        return (reports, updates)
    }

    /// Empty when the machine has none.
    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// By the folders that were searched, in their order.
    private static func suites(
        _ entries: [SuiteRun.Entry], _ reports: [CaseReport]
    ) -> [JUnitReport.Suite] {
        let roots = entries.map(\.folder.root)
        return roots.indices.filter { roots.firstIndex(of: roots[$0]) == $0 }.map { first in
            JUnitReport.Suite(
                root: roots[first],
                cases: zip(roots, reports).filter { $0.0 == roots[first] }.map(\.1))
        }
    }

    /// What all cases together used; a file that they name in several ways is one.
    private static func coverage(of reports: [CaseReport]) -> SuiteCoverage {
        SuiteCoverage(
            reports.flatMap(\.runs).flatMap { $0.coverage ?? [] }.map { coverage in
                var coverage = coverage
                coverage.configuration = plain(coverage.configuration)
                return coverage
            })
    }

    private var form: SuiteOutput.Form {
        command.json ? .none : command.tap ? .tap : .plain
    }

    /// The cases that `--filter` lets through.
    private func selected(_ entries: [SuiteRun.Entry]) throws -> [SuiteRun.Entry] {
        let filters = command.filter.map(CaseFilter.init)
        guard !filters.isEmpty else { return entries }
        let selected = entries.filter { entry in
            filters.contains { $0.matches(name: entry.folder.name, title: entry.title) }
        }
        guard selected.isEmpty else { return selected }
        let names = entries.flatMap { entry in
            [entry.folder.name, String(entry.folder.name.split(separator: "/").last ?? "")]
        }
        let near = command.filter.lazy.compactMap { Spelling.nearest(to: $0, among: names) }.first
        Terminal.writeError(
            "--filter \(command.filter.joined(separator: " --filter ")): none of \(entries.count) "
                + "cases has that in its path or title"
                + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        throw ExitCode(64)
    }

    /// Without `x/..`: cases name one file in many ways.
    static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// A case with its title, where its file can be read: what is wrong with the file is said when the
    /// case is run.
    private static func entry(_ folder: CaseFolder) -> SuiteRun.Entry {
        SuiteRun.Entry(folder: folder, title: folder.readTitle())
    }

    /// This very program, wherever it was started from.
    private static func program() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            Terminal.writeError("/proc/self/exe: \(String(cString: strerror(errno)))")
            throw ExitCode(70)
        }
        defer { free(path) }
        return String(cString: path)
    }
}
