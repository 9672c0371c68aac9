// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import FoundationEssentials
import FreewayConfiguration
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Turns a request into a reply. Every reply is JSON, and ends with a newline.
struct ControlResponder<Source: ControlSource>: Sendable {
    let source: Source
    let limits: ControlLimits
    let logger: Logger

    private let reloads: RequestGate
    private let tableReaders: RequestGate
    private let failures = SharedOccasionalCount()
    let routeRequests: RequestGate
    let uploads: UploadBudget

    init(source: Source, limits: ControlLimits, logger: Logger) {
        self.source = source
        self.limits = limits
        self.logger = logger
        reloads = RequestGate(limit: limits.maximumReloads)
        tableReaders = RequestGate(limit: limits.maximumTableReaders)
        routeRequests = RequestGate(limit: limits.maximumRouteRequests)
        uploads = UploadBudget(limit: limits.maximumUploadBytes)
    }

    /// - Parameter proceed: called before the body of the request is read, by whoever reads it.
    func respond(
        to request: Request, proceed: @escaping @Sendable () async throws -> Void
    ) async -> Reply {
        do {
            try RequestHeaders.check(request.head)
            let target = try RequestTarget(request.head.path ?? "")
            if let action = ControlAction(request.method, target) {
                return try await perform(action, for: Upload(request: request, proceed: proceed))
            }
            guard let (query, name) = Source.query(target),
                request.method == .get || request.method == .head
            else { return try unknown(request, target) }
            let gate = query.readsTables ? tableReaders : nil
            guard gate?.enter() ?? true else { throw Self.busy(limits.maximumTableReaders) }
            defer { gate?.leave() }
            return reply(.ok, try await query.answer(source, name, target))
        } catch let refusal as ControlRefusal {
            var response = reply(HTTPResponse.Status(code: refusal.status), refusal.reply)
            // RFC 9110, 15.5.16.
            if refusal.status == 415 { response.headers[.acceptEncoding] = "identity" }
            return response
        } catch let error as HTTPParserError {
            // The body breaks off, or is not what its headers say: the client's fault, and no news.
            let (status, refusal) = MalformedRequestHandler.reply(to: error)
            return reply(status, refusal)
        } catch {
            let path = request.head.path.map { String($0.prefix(200)) } ?? ""
            if let count = failures.add() {
                logger.error(
                    "a request failed",
                    metadata: ["path": "\(path)", "error": "\(error)", "failed": "\(count)"])
            }
            return reply(
                .internalServerError,
                ErrorReply(
                    code: "internalFault", message: "\(path): \(error)",
                    remedy: "the forwarder's log has more"))
        }
    }

    /// 405; throws 404.
    private func unknown(
        _ request: Request, _ target: RequestTarget
    ) throws(ControlRefusal) -> Reply {
        let path = target.path
        let methods = Source.methods(of: target)
        guard !methods.isEmpty else { throw Source.notServed(target) }
        var response = reply(
            .methodNotAllowed,
            ErrorReply(
                code: "methodNotAllowed",
                message: "\(path) does not take \(request.method.rawValue)",
                remedy: "use " + methods.joined(separator: " or ")))
        response.headers[.allow] = methods.joined(separator: ", ")
        return response
    }

    private static func busy(_ most: Int) -> ControlRefusal {
        ControlRefusal(
            status: 409,
            ErrorReply(
                code: "busy", message: "\(most) requests are reading the tables",
                remedy: "try again once they are done"))
    }

    private func perform(_ action: ControlAction, for request: Upload) async throws -> Reply {
        if action == .explain { return try await explain(request) }
        if action == .changeRoutes { return try await changeRoutes(request) }
        if action == .changeNeighbours { return try await changeNeighbours(request) }
        guard reloads.enter() else {
            throw ControlRefusal(
                status: 409,
                ErrorReply(
                    code: "busy", message: "\(limits.maximumReloads) reloads are under way",
                    remedy: "try again once they are done"))
        }
        defer { reloads.leave() }
        var share = uploads.share()
        let configuration: ConfigurationSource =
            switch action {
            case .putConfiguration: .text(try await configuration(in: request, &share))
            case .reload, .explain, .changeRoutes, .changeNeighbours: .file
            }
        return reply(.ok, try ControlJSON.encode(await source.reload(configuration)))
    }

    private func explain(_ request: Upload) async throws -> Reply {
        let bytes = try await shortBody(
            of: request, remedy: "frames of any length are explained by freeway explain CONFIG")
        let asked = try ExplainRequest(parsing: bytes)
        return reply(.ok, try ControlJSON.encode(await source.explain(asked)))
    }

    private func changeNeighbours(_ request: Upload) async throws -> Reply {
        let bytes = try await shortBody(of: request, remedy: "a request changes one neighbour")
        let change = try NeighbourChange(parsing: bytes)
        return reply(.ok, try ControlJSON.encode(await source.change(change)))
    }

    /// - Parameter remedy: for whoever sends more.
    private func shortBody(of request: Upload, remedy: String) async throws -> Data {
        let most = limits.maximumExplainBytes
        var share = uploads.share()
        guard let bytes = try await body(of: request, atMost: most, &share) else {
            throw ControlRefusal(
                status: 413,
                ErrorReply(
                    code: "bodyTooLong", message: "the request is longer than \(most) bytes",
                    remedy: remedy))
        }
        return Data(bytes)
    }

    private func configuration(
        in request: Upload, _ share: inout UploadBudget.Share
    ) async throws -> [UInt8] {
        let most = limits.maximumConfigurationBytes
        if let bytes = try await body(of: request, atMost: most, &share) { return bytes }
        throw ControlRefusal(
            status: 413,
            ErrorReply(
                code: "bodyTooLong",
                message: "the configuration is longer than \(most) bytes",
                remedy: "write it to the forwarder's own file, and have it read with POST "
                    + "/v1/reload (freeway reload without a file)"))
    }

    /// The whole body of a request; nil when it is longer than it may be.
    /// - Throws: 409 when those of other requests leave no room for it.
    func body(
        of request: Upload, atMost most: Int, _ share: inout UploadBudget.Share
    ) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var isTooLong = request.declaredBytes > most
        if !isTooLong {
            bytes.reserveCapacity(request.declaredBytes)
            for try await part in try await request.body() {
                isTooLong = bytes.count + part.readableBytes > most
                if isTooLong { break }
                try share.hold(bytes.count + part.readableBytes)
                part.withUnsafeReadableBytes { bytes += $0 }
            }
        }
        return isTooLong ? nil : bytes
    }

    private func reply(_ status: HTTPResponse.Status, _ error: ErrorReply) -> Reply {
        // An ErrorReply has nothing that JSON cannot hold.
        reply(status, (try? ControlJSON.encode(error)) ?? Data())
    }

    func reply(_ status: HTTPResponse.Status, _ data: Data) -> Reply {
        reply(status, ReplyBytes(data))
    }

    private func reply(_ status: HTTPResponse.Status, _ body: ReplyBytes) -> Reply {
        Reply(
            status: status, headers: HTTPFields.controlReply(contentLength: body.data.count),
            body: body)
    }
}

/// A reply that is still to be sent.
struct Reply {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: ReplyBytes
}

/// Counts the requests of a kind, so that their bodies together stay bounded.
final class RequestGate: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Whether there is room for one more, which then calls ``leave()``.
    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
