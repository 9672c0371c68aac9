// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import FreewayConfiguration

extension ExplainRequest {
    private static let keys = ["port", "hex"]

    /// Reads the body of a request by somebody who may be anybody.
    /// - Throws: 400, with the place and what would be right.
    init(parsing body: Data) throws(ControlRefusal) {
        guard let value = try? ControlJSON.decode(JSONValue.self, from: body) else {
            throw Self.refusal(
                body.isEmpty ? "the body is empty" : "the body is not JSON", at: nil)
        }
        guard case .object(let object) = value else {
            throw Self.refusal("the body is not an object", at: nil)
        }
        if let key = object.keys.filter({ !Self.keys.contains($0) }).min() {
            let near = Spelling.nearest(to: key, among: Self.keys)
            throw Self.refusal(
                "there is no such key" + (near.map { "; did you mean \($0)?" } ?? ""),
                at: String(key.prefix(64)))
        }
        self.init(port: try Self.text("port", object), hex: try Self.text("hex", object))
    }

    private static func text(
        _ key: String, _ object: [String: JSONValue]
    ) throws(ControlRefusal) -> String {
        switch object[key] {
        case .string(let text): return text
        case nil: throw refusal("missing", at: key)
        default: throw refusal("not a text", at: key)
        }
    }

    /// - Parameter place: the key that is wrong; nil for the whole body.
    private static func refusal(_ message: String, at place: String?) -> ControlRefusal {
        ControlRefusal(
            status: 400,
            ErrorReply(
                code: "badRequest", message: (place.map { "\($0): " } ?? "") + message,
                remedy: "send an object such as {\"port\":\"wan\",\"hex\":\"0200…\"}"))
    }
}
