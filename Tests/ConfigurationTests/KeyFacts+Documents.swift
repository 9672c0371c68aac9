// SPDX-License-Identifier: Apache-2.0

@testable import FreewayConfiguration

/// A key as documents have it.
extension KeyFacts {
    /// A property of an object of the schema, on one line.
    var schemaLine: String {
        var parts = description.isEmpty ? [] : ["\"description\": \"\(description)\""]
        parts.append(shape.schema)
        if case .value(let value) = standard {
            parts.append("\"default\": " + (shape.isNumber ? value : "\"\(value)\""))
        }
        return "\"\(name)\": { \(parts.joined(separator: ", ")) }"
    }

    /// A line of the table.
    /// - Parameters:
    ///   - path: what stands in front of the name, such as `log.`.
    ///   - anchor: of the section that tells more.
    ///   - isRestarted: whether a new value takes a restart.
    func tableLine(path: String, anchor: String, isRestarted: Bool) -> String {
        let standard =
            switch standard {
            case .value(let value): "`\(value)`"
            case .words(let words): words
            case .required: "required"
            }
        let mode = mode.map { " (\($0.rawValue))" } ?? ""
        let cells = [
            "[`\(path)\(name)`](#\(anchor.lowercased()))", shape.type, standard,
            isRestarted ? "restart" : "reload",
            meaning + mode,
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
