// SPDX-License-Identifier: Apache-2.0

/// What the control socket serves under a path: one value that the client, the server, the check of the document
/// and the verbs of the command line share. Each stands beside its reply.
public struct Endpoint<Reply: Decodable & Sendable>: Sendable {
    public let method: EndpointMethod
    /// What is in braces stands for a name, as in `/v1/drops/{reason}`.
    public let path: String

    public init(_ path: String, _ method: EndpointMethod = .get) {
        self.path = path
        self.method = method
    }

    /// The path with its name and its query.
    /// - Parameters:
    ///   - name: for what is in braces.
    ///   - query: pairs without a value are left out.
    func target(name: String?, query: [(String, String?)]) -> String {
        var target = path
        if let name, let start = path.firstIndex(of: "{") {
            target = path[..<start] + PercentEncoding.encoded(name)
        }
        let pairs = query.compactMap { key, value in
            value.map { "\(key)=\(PercentEncoding.encoded($0))" }
        }
        return pairs.isEmpty ? target : target + "?" + pairs.joined(separator: "&")
    }
}

/// `HEAD` goes wherever `GET` does.
public enum EndpointMethod: String, Sendable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
}

enum PercentEncoding {
    /// Letters, digits and `-._~` as they are, all else as `%` and two digits (RFC 3986, 2.1).
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII,
                character.isLetter || character.isNumber || "-._~".contains(character)
            {
                return String(character)
            }
            return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
