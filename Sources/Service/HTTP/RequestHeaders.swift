// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import HTTPTypes

/// What the headers of a request may ask for.
enum RequestHeaders {
    /// HTTPTypes has a name for the authority only.
    private static let host = HTTPField.Name("Host")

    /// - Throws: 400 without one host, 415 and 501 for codings, 417 for expectations that there are not: by name.
    static func check(_ request: HTTPRequest) throws(ControlRefusal) {
        // The first Host has become the authority (RFC 9112, 3.2).
        guard let host = request.authority,
            Self.host.map({ request.headerFields[values: $0].isEmpty }) ?? true,
            isHost(host)
        else {
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "badRequest", message: "the request needs one Host header",
                    remedy: "send Host: localhost; which host it names does not matter"))
        }
        let codings = request.headerFields[values: .transferEncoding]
        if let empty = codings.first(where: { $0.allSatisfy { " \t,".contains($0) } }) {
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "badRequest",
                    message: "Transfer-Encoding names no coding: \"\(empty.prefix(64))\"",
                    remedy: "send the body with Content-Length, or chunked"))
        }
        if let coding = unknown(in: codings, "chunked") {
            throw ControlRefusal(
                status: 501,
                ErrorReply(
                    code: "unknownTransferCoding",
                    message: "there is no transfer coding \(coding)",
                    remedy: "send the body with Content-Length, or chunked"))
        }
        if let coding = unknown(in: request.headerFields[values: .contentEncoding], "identity") {
            throw ControlRefusal(
                status: 415,
                ErrorReply(
                    code: "unknownContentCoding", message: "there is no content coding \(coding)",
                    remedy: "send the body as it is, without Content-Encoding"))
        }
        if let expectation = unknown(in: request.headerFields[values: .expect], "100-continue") {
            throw ControlRefusal(
                status: 417,
                ErrorReply(
                    code: "unknownExpectation", message: "there is no expectation \(expectation)",
                    remedy: "send Expect: 100-continue, or none"))
        }
    }

    /// The first word of a list that is another than the only one there is.
    private static func unknown(in values: [String], _ only: String) -> String? {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: true) }
            .map { word in
                word.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            }
            .first { !$0.isEmpty && $0.lowercased() != only }.map { String($0.prefix(64)) }
    }

    /// RFC 3986, 3.2.2 and 3.2.3: a name or an address in brackets, and a port.
    private static func isHost(_ text: String) -> Bool {
        var rest = text[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]"),
                rest[..<end].dropFirst().allSatisfy({ mayBeInName($0) || $0 == ":" })
            else { return false }
            rest = rest[end...].dropFirst()
        } else {
            rest = rest.drop(while: mayBeInName)
        }
        guard rest.first == ":" else { return rest.isEmpty }
        return rest.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func mayBeInName(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "-._~!$&'()*+,;=%".contains(character))
    }
}
