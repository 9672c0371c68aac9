// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads what came back on a connection, byte by byte as RFC 9112 has it, and stops the process where it is
/// not a number of whole replies with JSON in each.
enum ReplyReader {
    private static let statuses: Set<Int> = [
        200, 400, 404, 405, 409, 413, 415, 417, 422, 431, 501, 503,
    ]
    private static let endOfHead = Data("\r\n\r\n".utf8)

    static func check(_ bytes: [UInt8]) {
        var rest = Data(bytes)
        while !rest.isEmpty {
            guard let end = rest.range(of: endOfHead) else { fatalError("a head has an end") }
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                .components(separatedBy: "\r\n")
            rest = Data(rest[end.upperBound...])
            let words = lines[0].split(separator: " ", maxSplits: 2)
            precondition(
                words.count > 1 && words[0] == "HTTP/1.1", "a reply starts with its status")
            guard let status = Int(words[1]) else { fatalError("a status is a number") }
            if status == 100 { continue }
            precondition(statuses.contains(status), "status \(status) is documented")
            let length = lines.dropFirst().firstNonNil { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts[0].lowercased() == "content-length"
                    ? Int(parts[1].drop { $0 == " " }) : nil
            }
            guard let length else { fatalError("a reply says how long it is") }
            // The reply to HEAD has none of the body that it tells of.
            if rest.isEmpty || rest.starts(with: Data("HTTP/1.1 ".utf8)) { continue }
            precondition(rest.count >= length, "a body is whole")
            checkBody(Data(rest.prefix(length)), status)
            rest = Data(rest.dropFirst(length))
        }
    }

    private static func checkBody(_ body: Data, _ status: Int) {
        precondition(body.last == UInt8(ascii: "\n"), "a body ends with its line")
        guard let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else {
            fatalError("a body is a JSON object")
        }
        let version = object["schemaVersion"] as? Int ?? 0
        precondition(version > 0, "with the version of its schema")
        guard status >= 400 else { return }
        let error = object["error"] as? [String: Any]
        precondition(
            error?["code"] is String && error?["message"] is String, "it says what is wrong")
    }
}

extension Sequence {
    fileprivate func firstNonNil<Value>(_ transform: (Element) -> Value?) -> Value? {
        for element in self {
            if let value = transform(element) { return value }
        }
        return nil
    }
}
