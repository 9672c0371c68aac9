// SPDX-License-Identifier: Apache-2.0

import CaseRunner
import ControlAPI
import Glibc

/// What a person, or a reader of TAP, sees of a suite while it runs and at its end.
struct SuiteOutput {
    enum Form { case plain, tap, none }

    let form: Form
    /// Whether cases that pass get a line too.
    let isVerbose: Bool
    let style: TextStyle
    private var number = 0

    init(form: Form, isVerbose: Bool, style: TextStyle) {
        self.form = form
        self.isVerbose = isVerbose
        self.style = style
    }

    /// Before the first case.
    func begin(count: Int) {
        if form == .tap { Terminal.write(TAPReport.header(count: count)) }
    }

    /// How far the suite has come: one line of a terminal.
    func showProgress(_ progress: SuiteRun.Progress) {
        var text = "\(progress.done)/\(progress.total)"
        if progress.failed > 0 {
            text += ", \(style.apply(.bad, to: "\(progress.failed) failed"))"
        }
        let room = Terminal.width - 24
        let name =
            progress.current.count > room
            ? "…\(progress.current.suffix(max(0, room - 1)))" : progress.current
        Terminal.showProgress("\(text)  \(Self.oneLine(name))")
    }

    /// A case that is done; in the order of the cases.
    mutating func show(_ report: CaseReport) {
        number += 1
        switch form {
        case .none: return
        case .tap: Terminal.write(TAPReport.lines(number, report))
        case .plain:
            guard report.verdict != .passed || isVerbose else { return }
            Terminal.showProgress(nil)
            Terminal.write(text(report))
        }
    }

    private func text(_ report: CaseReport) -> String {
        let name = Self.oneLine(report.name + (report.title.map { ": \($0)" } ?? ""))
        guard report.verdict != .passed else {
            let notes = Set(report.runs.flatMap(\.notes)).sorted().map {
                "      note: \(Self.oneLine($0))\n"
            }
            return "\(style.apply(.good, to: "ok"))    \(name)\n" + notes.joined()
        }
        var text = "\(style.apply(.bad, to: "FAIL"))  \(style.apply(.heading, to: name))\n"
        for group in RunGroup.failures(of: report) {
            // Which runs it was says something only when there were others.
            let isAll = group.runs.count == report.runs.count
            text += "      \(Self.oneLine(report.folder)), with \(group.workers)"
            text +=
                isAll || report.runs.count == 1
                ? "\n" : " (of \(RunGroup.text(workers: report.runs.map(\.workers))))\n"
            text += "      repeat: \(Self.oneLine(group.command))\n\n"
            for line in group.text.split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : "      \(line)\n"
            }
            text += "\n"
        }
        return text
    }

    /// What `--update` wrote, and what is left for a person to write.
    func show(_ updates: [CaseUpdate], _ reports: [CaseReport]) {
        guard form != .none else { return }
        var lines: [String] = []
        for update in updates {
            lines.append("\(style.apply(.good, to: "updated"))  \(Self.oneLine(update.file))")
            lines += update.changes.map { "         \($0)" }
        }
        if updates.isEmpty {
            lines.append("nothing to update: no expect file differs from what left")
        }
        for run in reports.flatMap(\.runs) where run.failures.contains(where: { $0.kind == .drops })
        {
            let counts = run.dropped.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            let text = counts.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            lines.append(
                "\(run.folder)/case.yaml: to expect what was dropped, write drops: {\(text)}")
        }
        for run in reports.flatMap(\.runs)
        where run.failures.contains(where: { [.packets, .shares].contains($0.kind) }) {
            lines.append("\(run.folder)/case.yaml: what it expects in words is yours to write")
        }
        write(lines)
    }

    /// What no case exercised.
    func show(_ coverage: SuiteCoverage) {
        guard form != .none else { return }
        var table = TextTable([
            .text("COVERAGE"), .text("OF"), .number("USED"), .number("ALL"),
            .prose("NOT EXERCISED"),
        ])
        var complete = 0
        for item in coverage.configurations {
            let kinds = [
                ("interfaces", item.interfaces), ("routes", item.routes),
                ("next hops", item.nextHops),
            ]
            let open = kinds.filter { $0.1.contains { $0.frames == 0 } }
            if open.isEmpty { complete += 1 }
            for (kind, items) in open {
                table.addRow(Self.row(Self.oneLine(item.configuration), kind, items))
            }
        }
        for item in coverage.pipelines {
            for (kind, items) in [("stages", item.stages), ("drop reasons", item.dropReasons)] {
                table.addRow(Self.row("all that \(item.forward)", kind, items))
            }
        }
        write(table.rendered(style).split(separator: "\n").map(String.init))
        let others = complete == 1 ? "1 configuration" : "\(complete) configurations"
        write(
            complete == 0 ? [] : ["of \(others) every interface, route and next hop is exercised"])
    }

    private static func row(
        _ name: String, _ kind: String, _ items: [CaseCoverage.Item]
    ) -> [TextTable.Cell] {
        let unused = items.filter { $0.frames == 0 }.map(\.name)
        let shown = unused.prefix(longestList).joined(separator: ", ")
        let more =
            unused.count > longestList ? " and \(unused.count - longestList) more" : ""
        return [
            TextTable.Cell(name), TextTable.Cell(kind),
            TextTable.Cell(UInt64(items.count - unused.count)), TextTable.Cell(UInt64(items.count)),
            TextTable.Cell(shown + more),
        ]
    }

    /// In a table; `--json` has all.
    private static let longestList = 30

    /// Comments in TAP.
    private func write(_ lines: [String]) {
        Terminal.write(lines.map { (form == .tap ? "# " : "") + $0 + "\n" }.joined())
    }

    /// The last lines.
    func end(_ report: SuiteReport) {
        guard form != .none else { return }
        var text = summary(report)
        if form == .tap { text = "# \(text)" }
        Terminal.write("\(text)\n")
    }

    private func summary(_ report: SuiteReport) -> String {
        let counts = report.counts
        var parts = [style.apply(counts.passed > 0 ? .good : .none, to: "\(counts.passed) passed")]
        if counts.failed > 0 { parts.append(style.apply(.bad, to: "\(counts.failed) failed")) }
        if counts.broken > 0 {
            parts.append(style.apply(.bad, to: "\(counts.broken) could not be judged"))
        }
        let runs = counts.runs == counts.cases ? "" : " (\(counts.runs) runs)"
        return "\(counts.cases) \(counts.cases == 1 ? "case" : "cases")\(runs): "
            + "\(parts.joined(separator: ", ")), in \(NumberText.shortDuration(report.seconds))"
    }

    /// File names and titles are no place for control characters.
    private static func oneLine(_ text: String) -> String { Printable.line(text) }
}
