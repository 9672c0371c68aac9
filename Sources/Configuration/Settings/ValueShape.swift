// SPDX-License-Identifier: Apache-2.0

/// What a value of a key may be.
enum ValueShape: Sendable {
    /// - Parameter type: for the table, where the words are too many.
    case words([String], type: String?)
    case integer(ClosedRange<Int>)
    /// - Parameters:
    ///   - type: for the table.
    ///   - schema: the members of the JSON Schema that say what fits.
    case other(type: String, schema: String)

    static func words<Word: RawRepresentable<String> & CaseIterable>(
        _: Word.Type, type: String? = nil
    ) -> ValueShape {
        .words(Word.allCases.map(\.rawValue), type: type)
    }

    /// A text of so many bytes.
    static func text(_ type: String, lengths: ClosedRange<Int>) -> ValueShape {
        .other(
            type: type,
            schema: "\"type\": \"string\", \"minLength\": \(lengths.lowerBound), "
                + "\"maxLength\": \(lengths.upperBound)")
    }

    var isNumber: Bool { if case .integer = self { true } else { false } }

    /// As the table has it.
    var type: String {
        switch self {
        case .words(let words, let type):
            type ?? words.map { "`\($0)`" }.joined(separator: ", ")
        case .integer(let range): "\(range.lowerBound)-\(range.upperBound)"
        case .other(let type, _): type
        }
    }

    /// The members of the JSON Schema.
    var schema: String {
        switch self {
        case .words(let words, _):
            // What YAML takes for true and false, editors do, too.
            "\"enum\": ["
                + (words.map { "\"\($0)\"" } + words.filter { ["true", "false"].contains($0) })
                .joined(separator: ", ") + "]"
        case .integer(let range):
            "\"type\": \"integer\", \"minimum\": \(range.lowerBound), "
                + "\"maximum\": \(range.upperBound)"
        case .other(_, let schema): schema
        }
    }
}
