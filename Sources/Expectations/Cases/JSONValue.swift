// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// Any JSON.
enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(UInt64.self) {
            self = .unsigned(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Whether a scalar of a case file means this value.
    func equals(_ text: String, _ isPlain: Bool) -> Bool {
        if case .text(let own) = self { return own == text }
        guard isPlain else { return false }
        switch self {
        case .null: return ["", "~", "null"].contains(text)
        case .bool(let value): return text == (value ? "true" : "false")
        case .integer(let value): return Int64(text) == value
        case .unsigned(let value): return UInt64(text) == value
        case .number(let value): return Double(text) == value
        case .text, .list, .object: return false
        }
    }

    /// For messages, short.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value.quoted
        case .list(let items): items.isEmpty ? "an empty list" : "a list of \(items.count)"
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        }
    }
}
