// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// `freeway doctor` for a person: a line for each finding, the remedy below it.
struct DoctorTable {
    let report: DoctorReport

    func rendered(_ style: TextStyle) -> String {
        let width = report.findings.map(\.topic.count).max() ?? 0
        let lines = report.findings.map { finding in
            let topic = finding.topic + String(repeating: " ", count: width - finding.topic.count)
            let start = style.apply(emphasis(finding.state), to: mark(finding.state))
            return start + "  " + topic + "  " + text(finding, margin: width + 11, style.width)
        }
        return lines.joined() + "\n" + summary + "\n"
    }

    /// What was found and what mends it, beside the state and the topic.
    private func text(
        _ finding: DoctorReport.Finding, margin: Int, _ width: Int?
    ) -> String {
        let room = width.map { max(20, $0 - margin) }
        let lines =
            TextFolding.lines(finding.text, width: room)
            + (finding.remedy.map { TextFolding.lines("→ " + $0, width: room, indent: 2) } ?? [])
        return lines.joined(separator: "\n" + String(repeating: " ", count: margin)) + "\n"
    }

    private var summary: String {
        let count = { (state: DoctorReport.State) in report.findings.count { $0.state == state } }
        switch report.state {
        case .bad: return "\(count(.bad)) bad, \(count(.warning)) warnings: does not run here"
        case .warning: return "\(count(.warning)) warnings: runs here, and could run better"
        case .neutral, .good: return "all good"
        }
    }

    private func mark(_ state: DoctorReport.State) -> String {
        switch state {
        case .good: "good   "
        case .neutral: "·      "
        case .warning: "warning"
        case .bad: "BAD    "
        }
    }

    private func emphasis(_ state: DoctorReport.State) -> TextStyle.Emphasis {
        switch state {
        case .good: .good
        case .neutral: .faint
        case .warning: .heading
        case .bad: .bad
        }
    }
}
