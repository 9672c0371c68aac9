// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore

extension ControlResponder {
    /// `POST /v1/routes`: a text is read as it comes in; JSON once it is whole.
    func changeRoutes(_ request: Upload) async throws -> Reply {
        guard routeRequests.enter() else {
            throw ControlRefusal(
                status: 409,
                ErrorReply(
                    code: "busy",
                    message: "\(limits.maximumRouteRequests) requests with routes are under way",
                    remedy: "try again once they are done"))
        }
        defer { routeRequests.leave() }
        var share = uploads.share()
        let isJSON = request.mediaType == "application/json"
        let changes =
            isJSON
            ? try await changesInJSON(request, &share) : try await changesInText(request, &share)
        guard changes.problems.isEmpty else { throw changes.refusal }
        return reply(.ok, try ControlJSON.encode(await source.change(changes)))
    }

    private func changesInText(
        _ request: Upload, _ share: inout UploadBudget.Share
    ) async throws -> RouteChanges {
        let most = limits.maximumRouteTextBytes
        guard request.declaredBytes <= most else { throw Self.tooLong(most) }
        var parser = RouteTextParser()
        var count = 0
        for try await part in try await request.body() {
            count += part.readableBytes
            guard count <= most else { throw Self.tooLong(most) }
            part.withUnsafeReadableBytes { parser.take($0) }
            try share.hold(parser.heldBytes)
        }
        // What a program that failed sends is no change of nothing.
        guard count > 0 else { return .ofNothing(isText: true) }
        return parser.finish()
    }

    private func changesInJSON(
        _ request: Upload, _ share: inout UploadBudget.Share
    ) async throws -> RouteChanges {
        let most = limits.maximumRouteJSONBytes
        guard let bytes = try await body(of: request, atMost: most, &share) else {
            throw Self.tooLong(most)
        }
        // What it is decoded to takes several times as much.
        try share.hold(8 * bytes.count)
        return try await OwnThread.run { RouteChanges(json: Data(bytes)) }
    }

    private static func tooLong(_ most: Int) -> ControlRefusal {
        ControlRefusal(
            status: 413,
            ErrorReply(
                code: "bodyTooLong", message: "the request is longer than \(most) bytes",
                remedy: "send the changes in several requests, as text/plain"))
    }
}
