// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore

/// A request that may bring something along.
struct Upload: Sendable {
    let request: Request
    /// Tells a client that waits for it to send the body.
    let proceed: @Sendable () async throws -> Void

    /// What the client says; 0 where it does not.
    var declaredBytes: Int { request.headers[.contentLength].flatMap { Int($0) } ?? 0 }

    /// The media type in small letters, without parameters.
    var mediaType: String {
        let type = request.headers[.contentType]?.prefix { $0 != ";" } ?? ""
        return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }

    /// The body, which somebody reads now.
    func body() async throws -> RequestBody {
        if request.headers[.expect] != nil { try await proceed() }
        return request.body
    }
}
