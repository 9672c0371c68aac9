// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import FreewayConfiguration
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
        guard let (route, name) = ControlRoute.named(by: path) else {
            return reply(.notFound, ErrorReply.notServed(path), to: request)
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
            return reply(.ok, body: try await route.body(from: source, name: name), to: request)
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
    /// 404: says what was meant, or what there is.
    /// - Parameter path: one that names no route.
    static func notServed(_ path: String) -> ErrorReply {
        ControlRoute.reason(in: path).map { unknownReason($0) } ?? unknownPath(path)
    }

    /// Says which path was meant, or which there are.
    private static func unknownPath(_ path: String) -> ErrorReply {
        let shown = shortened(path)
        let remedy =
            ControlRoute.nearest(to: path).map { "did you mean \($0.rawValue)?" }
            ?? "there are " + ControlRoute.allCases.map(\.rawValue).joined(separator: ", ")
        return ErrorReply(code: "notFound", message: "there is no \(shown)", remedy: remedy)
    }

    /// Says which drop reason was meant, or which there are.
    private static func unknownReason(_ name: String) -> ErrorReply {
        let names = DropReasonText.all.map(\.name)
        let remedy =
            Spelling.nearest(to: name, among: names).map { "did you mean \($0)?" }
            ?? "there are " + names.joined(separator: ", ")
        return ErrorReply(
            code: unknownReasonCode, message: "there is no drop reason \(shortened(name))",
            remedy: remedy)
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 200 ? text : String(text.prefix(200)) + "…"
    }
}
