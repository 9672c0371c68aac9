// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Foundation

/// What the first line of a request names: a path, taken apart and decoded, and a query.
package struct RequestTarget: Sendable {
    /// The names between slashes, each decoded by itself: a slash in a name takes it nowhere else. `["v1", "stats"]` of
    /// `/v1/stats`.
    let names: [String]
    /// What follows the question mark, decoded, in its order.
    let query: [(key: String, value: String)]

    /// For messages and for comparing with what there is.
    var path: String { "/" + names.joined(separator: "/") }

    /// - Parameter text: in origin form, such as `/v1/stats?a=b`; NIO takes scheme and host away from others.
    /// - Throws: 400 where something is not UTF-8, percent-encoded (RFC 3986, 2.1).
    package init(_ text: String) throws(ControlRefusal) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = parts.first ?? ""
        if path.hasPrefix("/") { path = path.dropFirst() }
        var names: [String] = []
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            names.append(try Self.decoded(name))
        }
        var query: [(key: String, value: String)] = []
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let words = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query.append(
                (try Self.decoded(words[0]), words.count > 1 ? try Self.decoded(words[1]) : ""))
        }
        self.names = names
        self.query = query
    }

    /// What stands in the place of the braces of a path such as `/v1/drops/{reason}`, or nothing where that has
    /// none; nil where this is another path.
    func name(in template: String) -> String? {
        let words = template.split(separator: "/")
        guard words.count == names.count else { return nil }
        var found = ""
        for (word, name) in zip(words, names) {
            if word.hasPrefix("{"), !name.isEmpty {
                found = name
            } else if word != name {
                return nil
            }
        }
        return found
    }

    private static func decoded(_ text: Substring) throws(ControlRefusal) -> String {
        if let decoded = text.removingPercentEncoding { return decoded }
        throw ControlRefusal(
            status: 400,
            ErrorReply(
                code: "badRequest", message: "\(text.prefix(64)) is not percent-encoded UTF-8",
                remedy: "write a percent sign as %25"))
    }
}
