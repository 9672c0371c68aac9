// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Forwarding
import FoundationEssentials
import FreewayConfiguration

/// How the server answers an endpoint that is read, by `GET` and `HEAD`.
package struct Query<Source: Sendable>: Sendable {
    package let path: String
    /// Whether it waits for whoever changes routes.
    let readsTables: Bool
    /// Finds out whether it can be asked for before anybody does.
    let check: @Sendable (String, RequestTarget) throws(ControlRefusal) -> Void
    /// The body of the reply: JSON, ended by a newline.
    package let answer: @Sendable (Source, String, RequestTarget) async throws -> ReplyBytes

    /// - Parameters:
    ///   - read: takes from the name in the path's braces, and from the query, what is asked for.
    ///   - answer: gives the reply.
    package init<Reply: Encodable & Sendable, Asked>(
        _ endpoint: Endpoint<Reply>, readsTables: Bool = false,
        reading read: @escaping @Sendable (String, RequestTarget) throws(ControlRefusal) -> Asked,
        answer: @escaping @Sendable (Source, Asked) async throws -> Reply
    ) {
        path = endpoint.path
        self.readsTables = readsTables
        check = { name, target throws(ControlRefusal) in _ = try read(name, target) }
        self.answer = { source, name, target in
            ReplyBytes(try ControlJSON.encode(await answer(source, read(name, target))))
        }
    }

    package init<Reply: Encodable & Sendable>(
        _ endpoint: Endpoint<Reply>, _ answer: @escaping @Sendable (Source) async throws -> Reply
    ) {
        self.init(
            endpoint, reading: { _, _ in }, answer: { source, _ in try await answer(source) })
    }

    /// For bytes that are JSON already.
    package init<Reply>(
        bytesOf endpoint: Endpoint<Reply>,
        _ answer: @escaping @Sendable (Source) async throws -> ReplyBytes
    ) {
        path = endpoint.path
        readsTables = false
        check = { _, _ in }
        self.answer = { source, _, _ in try await answer(source) }
    }
}

extension ControlSource {
    /// The query of a path, and what stands in it for the name in braces; nil where there is none.
    package static func query(_ target: RequestTarget) -> (query: Query<Self>, name: String)? {
        for query in queries {
            if let name = target.name(in: query.path) { return (query, name) }
        }
        return nil
    }

    /// Finds out whether a path with its query can be asked for before anybody does.
    /// - Parameter routes: whether there are tables to ask about.
    package static func check(_ path: String, routes: Bool) throws(ControlRefusal) {
        let target = try RequestTarget(path)
        guard let (query, name) = query(target) else { throw notServed(target) }
        guard routes || !query.readsTables else { throw .notRouting }
        try query.check(name, target)
    }

    /// The methods that a path takes; empty when there is no such path.
    static func methods(of target: RequestTarget) -> [String] {
        let reading = query(target) == nil ? [] : ["GET", "HEAD"]
        return reading
            + ControlAction.allCases.filter { target.name(in: $0.path) != nil }.map(\.verb)
    }

    /// 404: says which path was meant, or which there are.
    package static func notServed(_ target: RequestTarget) -> ControlRefusal {
        let path = target.path
        let reading = queries.map(\.path)
        let all = reading + ControlAction.allCases.map(\.path).filter { !reading.contains($0) }
        let nearest =
            Spelling.nearest(to: path, among: all) ?? Spelling.nearest(to: "/v1\(path)", among: all)
        return ControlRefusal(
            status: 404,
            ErrorReply(
                code: "notFound", message: "there is no \(path.shortened)",
                remedy: nearest.map { "did you mean \($0)?" }
                    ?? "there are " + all.joined(separator: ", ")))
    }
}

extension ControlRefusal {
    /// 404: says which drop reason was meant, or which there are.
    package static func unknownReason(_ name: String) -> ControlRefusal {
        let names = DropReasonText.all.map(\.name)
        let remedy =
            Spelling.nearest(to: name, among: names).map { "did you mean \($0)?" }
            ?? "there are " + names.joined(separator: ", ")
        return ControlRefusal(
            status: 404,
            ErrorReply(
                code: ErrorReply.unknownReasonCode,
                message: "there is no drop reason \(name.shortened)", remedy: remedy))
    }
}

extension String {
    /// For messages about what a client sent.
    fileprivate var shortened: String { utf8.count <= 200 ? self : String(prefix(200)) + "…" }
}
