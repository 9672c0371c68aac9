// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
import NIOHTTP1

/// Asks a running forwarder over its control socket: one connection for each request.
public struct ControlClient: Sendable {
    /// Where `freeway run` opens its socket unless it is told otherwise.
    public static let defaultSocketPath = "/run/freeway/freeway.sock"

    public let socketPath: String
    /// For one request, from the connection to the end of the reply.
    public var timeLimit = Duration.seconds(5)
    /// Bytes of one reply's body.
    public var maximumReplyBytes = 64 * 1024 * 1024

    public init(socketPath: String = ControlClient.defaultSocketPath) {
        self.socketPath = socketPath
    }

    public func version() async throws(ControlClientError) -> VersionReply {
        try await decode("/v1/version")
    }

    public func stats() async throws(ControlClientError) -> StatsReply {
        try await decode("/v1/stats")
    }

    public func ports() async throws(ControlClientError) -> PortsReply {
        try await decode("/v1/ports")
    }

    public func workers() async throws(ControlClientError) -> WorkersReply {
        try await decode("/v1/workers")
    }

    public func drops() async throws(ControlClientError) -> DropsReply {
        try await decode("/v1/drops")
    }

    /// - Parameter reason: the name of a drop reason; any other text is refused by the forwarder.
    public func drops(of reason: String) async throws(ControlClientError) -> DroppedFramesReply {
        try await decode("/v1/drops/" + Self.escaped(reason))
    }

    /// Letters, digits and `-._~` as they are, all else as `%` and two digits (RFC 3986, 2.1).
    private static func escaped(_ text: String) -> String {
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

    /// A page of the forwarding table.
    ///
    /// - Parameters:
    ///   - within: a prefix; only what lies in it is shown. Nil for all.
    ///   - after: the `next` of the page before; nil for the first page.
    ///   - limit: how many at most, up to 1,000.
    public func routes(
        within: String? = nil, after: String? = nil, limit: Int
    ) async throws(ControlClientError) -> RoutesReply {
        try await decode(
            "/v1/routes"
                + Self.query([("within", within), ("after", after), ("limit", "\(limit)")]))
    }

    /// What becomes of packets to an address.
    public func route(to address: String) async throws(ControlClientError) -> RouteReply {
        try await decode("/v1/routes/" + Self.escaped(address))
    }

    /// A page of the neighbours.
    ///
    /// - Parameters:
    ///   - after: the `next` of the page before; nil for the first page.
    ///   - limit: how many at most, up to 1,000.
    public func neighbours(
        after: String? = nil, limit: Int
    ) async throws(ControlClientError) -> NeighboursReply {
        try await decode("/v1/neighbours" + Self.query([("after", after), ("limit", "\(limit)")]))
    }

    private static func query(_ pairs: [(String, String?)]) -> String {
        "?"
            + pairs.compactMap { key, value in value.map { "\(key)=\(escaped($0))" } }
            .joined(separator: "&")
    }

    public func config() async throws(ControlClientError) -> ConfigReply {
        try await decode("/v1/config")
    }

    /// The plan's JSON, as the forwarder sent it.
    public func planJSON() async throws(ControlClientError) -> Data {
        try await get("/v1/plan")
    }

    /// Has the forwarder read its configuration file again.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the file.
    public func reload() async throws(ControlClientError) -> ReloadReply {
        try await change(.POST, "/v1/reload", nil)
    }

    /// Puts a configuration in the place of the one in force.
    ///
    /// - Parameter yaml: the text of a configuration file.
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the text.
    public func putConfiguration(_ yaml: Data) async throws(ControlClientError) -> ReloadReply {
        try await change(.PUT, "/v1/config", yaml)
    }

    /// What the stages of the forwarder would do with a frame.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)`` when there can be no such frame.
    public func explain(
        _ request: ExplainRequest
    ) async throws(ControlClientError) -> Explanation {
        // Two texts are always JSON.
        let asked = (try? ControlJSON.encode(request)) ?? Data()
        let body = try await send(
            HTTPExchange.Request(method: .POST, path: "/v1/explain", body: asked))
        do {
            return try ControlJSON.decode(Explanation.self, from: body)
        } catch {
            throw .badReply(
                path: socketPath, reason: "/v1/explain is not what it should be: \(error)")
        }
    }

    /// Makes changes of routes, all or none.
    ///
    /// - Parameter text: one change a line, in the words of `ip route`.
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the text.
    public func changeRoutes(_ text: Data) async throws(ControlClientError) -> RouteChangeReply {
        let body = try await send(
            HTTPExchange.Request(
                method: .POST, path: "/v1/routes", body: text, contentType: "text/plain"))
        do {
            return try ControlJSON.decode(RouteChangeReply.self, from: body)
        } catch {
            throw .badReply(
                path: socketPath, reason: "/v1/routes is not what it should be: \(error)")
        }
    }

    private func change(
        _ method: HTTPMethod, _ path: String, _ body: Data?
    ) async throws(ControlClientError) -> ReloadReply {
        let body = try await send(HTTPExchange.Request(method: method, path: path, body: body))
        do {
            return try ControlJSON.decode(ReloadReply.self, from: body)
        } catch {
            throw .badReply(path: socketPath, reason: "\(path) is not what it should be: \(error)")
        }
    }

    /// The body of the reply to `GET path`.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)`` when the status is not 200.
    public func get(_ path: String) async throws(ControlClientError) -> Data {
        try await send(HTTPExchange.Request(path: path))
    }

    private func send(
        _ request: HTTPExchange.Request
    ) async throws(ControlClientError) -> Data {
        let path = request.path
        let exchange = HTTPExchange(
            socketPath: socketPath, timeLimit: timeLimit, maximumReplyBytes: maximumReplyBytes)
        let reply = try await exchange.send(request)
        guard reply.status == 200 else {
            guard let error = try? ControlJSON.decode(ErrorReply.self, from: reply.body) else {
                throw .badReply(path: socketPath, reason: "status \(reply.status) for \(path)")
            }
            throw .refused(status: reply.status, error)
        }
        return reply.body
    }

    private func decode<Reply: SchemaVersioned>(
        _ path: String
    ) async throws(ControlClientError) -> Reply {
        let body = try await get(path)
        if let version = try? ControlJSON.decode(SchemaVersion.self, from: body).schemaVersion,
            version != Reply.currentSchema
        {
            throw .badReply(
                path: socketPath,
                reason: "\(path) has schema version \(version) instead of \(Reply.currentSchema)")
        }
        do {
            return try ControlJSON.decode(Reply.self, from: body)
        } catch {
            throw .badReply(path: socketPath, reason: "\(path) is not what it should be: \(error)")
        }
    }
}

/// What tells one version of a reply from another.
private struct SchemaVersion: Decodable {
    var schemaVersion: Int
}
