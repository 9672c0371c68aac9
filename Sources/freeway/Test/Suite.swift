// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaseRunner
import ControlAPI
import ControlPlane
import FreewayConfiguration
import Glibc

/// One call of `freeway test`: finds the cases, runs them, says what came out.
struct Suite {
    let command: TestCommand

    /// - Throws: `ExitCode` 1 when a case did not pass, 130 when interrupted.
    func run() throws {
        let roots = command.folders
        let entries = try selected(CaseSearch.cases(in: roots).map(Self.entry))
        let junit = try command.junit.map { try ReportFile(path: $0) }
        let scratch = try WorkFolder()
        if let keep = command.keep { try WorkFolder.make(keep) }
        var suite = SuiteRun(
            entries, workers: command.workers.counts,
            pool: ChildPool(
                width: command.jobs ?? Machine.current().allowedCPUs.count,
                limit: command.timeout.duration, isInterrupted: { Interruption.isRequested }),
            program: try Self.program(), outputs: try command.keep ?? scratch.make("outputs"),
            scratch: scratch)
        suite.recordsCoverage = command.coverage
        var output = SuiteOutput(form: form, isVerbose: command.verbose, style: Terminal.style)
        output.begin(count: entries.count)
        Interruption.watch()
        let began = ContinuousClock.now
        let reports = try suite.run(
            judge: { entry, runs in WorkerAgreement(suite).judge(entry, &runs) },
            progress: output.showProgress, finished: { output.show($0) })
        Terminal.showProgress(nil)
        guard let reports else {
            Terminal.writeError("interrupted; no report was written")
            throw ExitCode(130)
        }
        var report = SuiteReport(cases: reports, seconds: (.now - began) / .seconds(1))
        try finish(&report, suite, output)
        try junit?.write(
            JUnitReport(
                roots.map { root in
                    JUnitReport.Suite(
                        root: root,
                        cases: zip(entries, reports).filter { $0.0.folder.root == root }.map(\.1))
                }, seconds: report.seconds
            ).xml)
        guard report.passed else { throw ExitCode(1) }
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
