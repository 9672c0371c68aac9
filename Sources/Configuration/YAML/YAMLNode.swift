// SPDX-License-Identifier: Apache-2.0

/// A value of a YAML file and where it starts. Scalars stay texts: typing them by YAML's rules
/// would make a MAC address of digits a number of base 60.
package struct YAMLNode {
    package enum Value {
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let value: Value
    package let location: Location

    /// An absent value: nothing, `~` or `null`, without quotes.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

extension YAMLNode: CustomStringConvertible {
    /// What a message says was found.
    package var description: String {
        switch value {
        case .scalar(let text, _): isNull ? "nothing" : text.quoted
        case .sequence(let items): items.isEmpty ? "an empty list" : "a list"
        case .mapping: "a mapping"
        }
    }
}

extension String {
    /// In quotes, on one line, at most 60 characters.
    package var quoted: String { "\"\(onOneLine)\"" }

    /// At most 60 characters, and none that controls: a file must not write what it likes to the
    /// terminal.
    package var onOneLine: String {
        var text = ""
        for (index, scalar) in unicodeScalars.enumerated() {
            if index == 60 { return text + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text += "\u{fffd}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
