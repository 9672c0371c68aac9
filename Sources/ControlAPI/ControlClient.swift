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

    /// Asks an endpoint that is read.
    ///
    /// - Parameters:
    ///   - name: for what the endpoint's path has in braces.
    ///   - query: pairs without a value are left out.
    public func get<Reply: SchemaVersioned>(
        _ endpoint: Endpoint<Reply>, name: String? = nil, query: [(String, String?)] = []
    ) async throws(ControlClientError) -> Reply {
        let path = endpoint.target(name: name, query: query)
        return try decode(try await get(path), of: path)
    }

    /// A page of the forwarding table.
    ///
    /// - Parameters:
    ///   - vrf: the name of the VRF whose table it is; nil for the main one.
    ///   - within: a prefix; only what lies in it is shown. Nil for all.
    ///   - after: the `next` of the page before; nil for the first page.
    ///   - limit: how many at most, up to 1,000.
    public func routes(
        vrf: String? = nil, within: String? = nil, after: String? = nil, limit: Int
    ) async throws(ControlClientError) -> RoutesReply {
        try await get(
            .routes,
            query: [
                ("vrf", vrf), ("within", within), ("after", after), ("limit", "\(limit)"),
            ])
    }

    /// A page of the neighbours.
    ///
    /// - Parameters:
    ///   - after: the `next` of the page before; nil for the first page.
    ///   - limit: how many at most, up to 1,000.
    public func neighbours(
        after: String? = nil, limit: Int
    ) async throws(ControlClientError) -> NeighboursReply {
        try await get(.neighbours, query: [("after", after), ("limit", "\(limit)")])
    }

    /// Has the forwarder read its configuration file again.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the file.
    public func reload() async throws(ControlClientError) -> ReloadReply {
        try await send(nil, to: .reload)
    }

    /// Puts a configuration in the place of the one in force.
    ///
    /// - Parameter yaml: the text of a configuration file.
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the text.
    public func putConfiguration(_ yaml: Data) async throws(ControlClientError) -> ReloadReply {
        try await send(yaml, to: .putConfiguration)
    }

    /// What the stages of the forwarder would do with a frame.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)`` when there can be no such frame.
    public func explain(
        _ request: ExplainRequest
    ) async throws(ControlClientError) -> Explanation {
        // Two texts are always JSON.
        try await send((try? ControlJSON.encode(request)) ?? Data(), to: .explain)
    }

    /// Makes changes of routes, all or none.
    ///
    /// - Parameter text: one change a line, in the words of `ip route`.
    /// - Throws: ``ControlClientError/refused(status:_:)``, with all that is wrong with the text.
    public func changeRoutes(_ text: Data) async throws(ControlClientError) -> RouteChangeReply {
        try await send(text, to: .changeRoutes, contentType: "text/plain")
    }

    /// Changes what is known of hosts.
    ///
    /// - Throws: ``ControlClientError/refused(status:_:)`` when it cannot be.
    public func changeNeighbours(
        _ change: NeighbourChange
    ) async throws(ControlClientError) -> NeighbourChangeReply {
        // Texts are always JSON.
        try await send((try? ControlJSON.encode(change)) ?? Data(), to: .changeNeighbours)
    }

    private func send<Reply: SchemaVersioned>(
        _ body: Data?, to endpoint: Endpoint<Reply>, contentType: String? = nil
    ) async throws(ControlClientError) -> Reply {
        var request = HTTPExchange.Request(
            method: HTTPMethod(rawValue: endpoint.method.rawValue), path: endpoint.path, body: body)
        if let contentType { request.contentType = contentType }
        return try decode(try await send(request), of: endpoint.path)
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
        _ body: Data, of path: String
    ) throws(ControlClientError) -> Reply {
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
