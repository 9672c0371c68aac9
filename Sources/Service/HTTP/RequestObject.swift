// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import FreewayConfiguration

/// The JSON object that is the body of a request by somebody who may be anybody.
struct RequestObject {
    private let members: [String: JSONValue]
    /// For whoever got it wrong.
    private let example: String

    /// - Parameter keys: all that there may be.
    /// - Throws: 400, with the place and what would be right.
    init(_ body: Data, keys: [String], example: String) throws(ControlRefusal) {
        self.example = example
        guard let value = try? ControlJSON.decode(JSONValue.self, from: body) else {
            throw Self.refusal(
                body.isEmpty ? "the body is empty" : "the body is not JSON", at: nil, example)
        }
        guard case .object(let members) = value else {
            throw Self.refusal("the body is not an object", at: nil, example)
        }
        if let key = members.keys.filter({ !keys.contains($0) }).min() {
            let near = Spelling.nearest(to: key, among: keys)
            throw Self.refusal(
                "there is no such key" + (near.map { "; did you mean \($0)?" } ?? ""),
                at: String(key.prefix(64)), example)
        }
        self.members = members
    }

    func text(_ key: String) throws(ControlRefusal) -> String {
        guard let text = try textIfAny(key) else { throw refusal("missing", at: key) }
        return text
    }

    func textIfAny(_ key: String) throws(ControlRefusal) -> String? {
        switch members[key] {
        case .string(let text): return text
        case nil: return nil
        default: throw refusal("not a text", at: key)
        }
    }

    /// - Parameter key: whose value is wrong.
    func refusal(_ message: String, at key: String) -> ControlRefusal {
        Self.refusal(message, at: key, example)
    }

    private static func refusal(
        _ message: String, at key: String?, _ example: String
    ) -> ControlRefusal {
        ControlRefusal(
            status: 400,
            ErrorReply(
                code: "badRequest", message: (key.map { "\($0): " } ?? "") + message,
                remedy: "send an object such as \(example)"))
    }
}
