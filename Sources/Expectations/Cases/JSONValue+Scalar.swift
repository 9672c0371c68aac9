// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FreewayConfiguration

extension JSONValue {
    /// Whether a scalar of a case file means this value.
    func equals(_ text: String, _ isPlain: Bool) -> Bool {
        if case .string(let own) = self { return own == text }
        guard isPlain else { return false }
        switch self {
        case .null: return ["", "~", "null"].contains(text)
        case .bool(let value): return text == (value ? "true" : "false")
        case .integer(let value): return Int64(text) == value
        case .unsigned(let value): return UInt64(text) == value
        case .number(let value): return Double(text) == value
        case .string, .array, .object: return false
        }
    }

    /// For messages, short.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value.quoted
        case .array(let items): items.isEmpty ? "an empty list" : "a list of \(items.count)"
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        }
    }
}
