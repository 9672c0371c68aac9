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
        guard let target = try? RequestTarget(request.path ?? "") else { return nil }
        self.init(request.method, target)
    }

    init?(_ method: HTTPRequest.Method, _ target: RequestTarget) {
        let action = Self.allCases.first {
            $0.method == method && target.name(in: $0.path) != nil
        }
        guard let action else { return nil }
        self = action
    }

    /// The methods that a path takes; empty when there is no such path.
    static func methods(of target: RequestTarget) -> [String] {
        let reading = ControlEndpoint.named(by: target) == nil ? [] : ["GET", "HEAD"]
        return reading + allCases.filter { target.name(in: $0.path) != nil }.map(\.verb)
    }
}
