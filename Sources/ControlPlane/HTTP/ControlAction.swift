// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// What the control socket does when asked with another method than `GET` and `HEAD`.
enum ControlAction: CaseIterable, Sendable {
    /// `PUT /v1/config`: the body is a configuration to put in force.
    case putConfiguration
    /// `POST /v1/reload`: the forwarder reads its configuration file again.
    case reload
    /// `POST /v1/explain`: the body names a frame; the reply tells what the stages do with it.
    case explain
    /// `POST /v1/routes`: the body has changes of routes.
    case changeRoutes

    var method: HTTPRequest.Method {
        switch self {
        case .putConfiguration: .put
        case .reload, .explain, .changeRoutes: .post
        }
    }

    /// The method as a request's first line has it.
    var verb: String { method.rawValue }

    var path: String {
        switch self {
        case .putConfiguration: "/v1/config"
        case .reload: "/v1/reload"
        case .explain: "/v1/explain"
        case .changeRoutes: "/v1/routes"
        }
    }

    /// Whether something else may be in force afterwards: such a request is long, and takes its time.
    var isReload: Bool { self != .explain }

    /// The action that a request asks for, whatever its query is.
    init?(_ request: HTTPRequest) {
        let path = (request.path ?? "").prefix { $0 != "?" }
        let action = Self.allCases.first { $0.path == path && $0.method == request.method }
        guard let action else { return nil }
        self = action
    }

    /// The methods that a path takes; empty when there is no such path.
    static func methods(of path: String) -> [String] {
        let reading = ControlRoute.named(by: path) == nil ? [] : ["GET", "HEAD"]
        return reading + allCases.filter { $0.path == path }.map(\.verb)
    }
}
