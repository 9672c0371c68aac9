// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What two configurations treat differently, as a person reads it.
struct DiffText {
    let report: DiffReport
    let style: TextStyle

    var rendered: String {
        var text = report.groups.map { group($0) + "\n" }.joined()
        let frames = count(report.frames, "frame")
        text +=
            report.differing == 0
            ? "\(frames): all treated alike\n"
            : "\(NumberText.grouped(UInt64(report.differing))) of \(frames) treated differently\n"
        for note in report.notes { text += "note: \(note)\n" }
        return text
    }

    private func group(_ group: DiffReport.Group) -> String {
        var change = "\(group.before) → \(group.after)"
        if group.before == group.after {
            change = "\(group.before), with other bytes"
        }
        if !group.fields.isEmpty { change += " (\(group.fields.joined(separator: ", ")))" }
        let head = "\(count(group.frames, "frame")) of \(count(group.flowCount, "flow")): \(change)"
        var table = TextTable([.text(""), .prose(""), .number(""), .text("")])
        for flow in group.flows {
            table.addRow([
                "", TextTable.Cell(flow.flow), TextTable.Cell(UInt64(flow.frames)),
                TextTable.Cell(
                    "\(flow.frames == 1 ? "frame" : "frames, first") \(flow.port):\(flow.firstFrame)",
                    .faint),
            ])
        }
        var text = style.apply(.heading, to: head) + "\n" + table.rendered(style)
        let rest = group.flowCount - group.flows.count
        if rest > 0 { text += "  and \(count(rest, "flow")) more; --limit shows more\n" }
        return text
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(NumberText.grouped(UInt64(number))) \(noun)\(number == 1 ? "" : "s")"
    }
}
