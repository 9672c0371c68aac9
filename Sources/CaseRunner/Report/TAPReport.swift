// SPDX-License-Identifier: Apache-2.0

public import ControlAPI

/// The Test Anything Protocol, version 14, which readers of version 13 take too: a line for each case,
/// and a YAML block for what did not pass.
public enum TAPReport {
    /// The lines before the first case.
    public static func header(count: Int) -> String { "TAP version 14\n1..\(count)\n" }

    /// - Parameter number: from 1, rising with the cases.
    public static func lines(_ number: Int, _ report: CaseReport) -> String {
        let word = report.verdict == .passed ? "ok" : "not ok"
        let title = report.title.map { ": \($0)" } ?? ""
        var text = "\(word) \(number) - \(description(report.name + title))\n"
        guard report.verdict != .passed else { return text }
        text += "  ---\n"
        text += "  verdict: \(report.verdict.rawValue)\n"
        text += "  folder: \(quoted(report.folder))\n"
        text += "  runs:\n"
        for group in RunGroup.failures(of: report) {
            text +=
                "    - workers: [\(group.runs.map { String($0.workers) }.joined(separator: ", "))]\n"
            text += "      repeat: \(quoted(group.command))\n"
            text += "      message: |2-\n"
            for line in group.text.split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : "        \(line)\n"
            }
        }
        return text + "  ...\n"
    }

    /// `#` would begin a directive, `\` escapes it.
    private static func description(_ text: String) -> String {
        var result = ""
        for character in Printable.line(text) {
            if character == "#" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return result
    }

    /// A YAML scalar in double quotes.
    private static func quoted(_ text: String) -> String {
        var result = ""
        for character in Printable.line(text) {
            if character == "\"" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return "\"\(result)\""
    }
}
