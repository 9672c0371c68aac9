// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// Journeys as a person reads them: a line for the frame, a line for each stage.
struct ExplanationText {
    let explanation: Explanation
    let style: TextStyle

    var rendered: String {
        var text = explanation.frames.map(frame).joined(separator: "\n")
        if explanation.omitted > 0 {
            let count = NumberText.grouped(UInt64(explanation.omitted))
            text += "\n\(count) more; --frame NUMBER tells of one of them, --limit of more\n"
        }
        for note in explanation.notes { text += "note: \(note)\n" }
        return text
    }

    private func frame(_ frame: ExplainedFrame) -> String {
        let journey = frame.journey
        var title = "frame \(journey.frame)"
        // A frame that was made up has no time.
        if journey.time != Timestamp(seconds: 0) { title += " of \(journey.time)" }
        var lines = [style.apply(.heading, to: title)]
        let width = journey.steps.map(\.stage.count).max() ?? 0
        for (index, step) in journey.steps.enumerated() {
            let padding = String(repeating: " ", count: width - step.stage.count)
            let isLast = index == journey.steps.count - 1
            let emphasis: TextStyle.Emphasis =
                !isLast ? .none : journey.dropReason == nil ? .good : .bad
            lines.append("  \(step.stage)\(padding)  \(style.apply(emphasis, to: step.text))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
