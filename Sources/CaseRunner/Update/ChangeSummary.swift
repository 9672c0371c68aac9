// SPDX-License-Identifier: Apache-2.0

import Expectations

/// What is different between two captures, in a few lines: frames that changed in the same way are one
/// line, such as `3 frames: ipv4.timeToLive 63 → 62`.
struct ChangeSummary {
    let lines: [String]

    /// A value that is longer, such as a payload, is not written out.
    private static let longestValue = 24

    init(_ comparison: Comparison) {
        var groups: [(text: String, count: Int)] = []
        for difference in comparison.differences {
            let text = Self.text(difference)
            if let index = groups.firstIndex(where: { $0.text == text }) {
                groups[index].count += 1
            } else {
                groups.append((text, 1))
            }
        }
        // Frames whose fields are the same but whose values are many read better without them.
        let fields = Dictionary(
            grouping: comparison.differences.filter { $0.kind == .changed }, by: Self.names)
        let many = fields.filter { _, differences in Set(differences.map(Self.text)).count > 3 }
        let hidden = Set(many.values.joined().map(Self.text))
        var lines = groups.filter { !hidden.contains($0.text) }
            .map { "\(Self.frames($0.count)): \($0.text)" }
        lines += many.sorted { $0.key < $1.key }
            .map { "\(Self.frames($0.value.count)): \($0.key) (values differ)" }
        if comparison.omitted > 0 { lines.append("and \(comparison.omitted) more differences") }
        self.lines = lines
    }

    private static func frames(_ count: Int) -> String {
        count == 1 ? "1 frame" : "\(count) frames"
    }

    private static func names(_ difference: Difference) -> String {
        difference.fields.map(\.name).joined(separator: ", ")
    }

    private static func text(_ difference: Difference) -> String {
        switch difference.kind {
        case .missing: "not expected any more"
        case .extra: "expected now"
        case .outOfOrder: "in another order"
        default:
            difference.fields.map { field in
                "\(field.name) \(value(field.expected)) → \(value(field.got))"
            }.joined(separator: ", ")
        }
    }

    private static func value(_ text: String?) -> String {
        guard let text else { return "absent" }
        return text.count > longestValue ? "\(text.prefix(longestValue - 1))…" : text
    }
}
