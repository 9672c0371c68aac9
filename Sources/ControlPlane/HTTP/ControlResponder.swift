// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Turns a request into a reply. Every reply is JSON, and ends with a newline.
struct ControlResponder<Source: ControlSource>: Sendable {
    let source: Source
    let logger: Logger

    func respond(to request: Request) async -> Response {
        let path = request.uri.path
        guard let route = ControlRoute(rawValue: path) else {
            return reply(.notFound, ErrorReply.unknownPath(path), to: request)
        }
        guard request.method == .get || request.method == .head else {
            var response = reply(
                .methodNotAllowed,
                ErrorReply(
                    code: "methodNotAllowed",
                    message: "\(path) does not take \(request.method.rawValue)",
                    remedy: "use GET or HEAD"),
                to: request)
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        do {
            return reply(.ok, body: try await route.body(from: source), to: request)
        } catch {
            logger.error(
                "a request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return reply(
                .internalServerError,
                ErrorReply(
                    code: "internalFault", message: "\(path): \(error)",
                    remedy: "the forwarder's log has more"),
                to: request)
        }
    }

    private func reply(
        _ status: HTTPResponse.Status, _ error: ErrorReply, to request: Request
    ) -> Response {
        // An ErrorReply has nothing that JSON cannot hold.
        reply(status, body: (try? ControlJSON.encode(error)) ?? Data(), to: request)
    }

    private func reply(
        _ status: HTTPResponse.Status, body: Data, to request: Request
    ) -> Response {
        Response(
            status: status, headers: HTTPFields.controlReply(contentLength: body.count),
            body: request.method == .head ? ResponseBody() : .init(byteBuffer: .init(bytes: body)))
    }
}

extension ErrorReply {
    /// 404: says which path was meant, or which there are.
    static func unknownPath(_ path: String) -> ErrorReply {
        let shown = path.utf8.count <= 200 ? path : String(path.prefix(200)) + "…"
        let remedy =
            ControlRoute.nearest(to: path).map { "did you mean \($0.rawValue)?" }
            ?? "there are " + ControlRoute.allCases.map(\.rawValue).joined(separator: ", ")
        return ErrorReply(code: "notFound", message: "there is no \(shown)", remedy: remedy)
    }
}
