// SPDX-License-Identifier: Apache-2.0

import ControlAPI
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
    /// `POST /v1/neighbours`: the body says what is to be known of a host, or forgotten.
    case changeNeighbours

    /// What the client asks, and the document describes.
    private var endpoint: (method: EndpointMethod, path: String) {
        switch self {
        case .putConfiguration: Self.facts(.putConfiguration)
        case .reload: Self.facts(.reload)
        case .explain: Self.facts(.explain)
        case .changeRoutes: Self.facts(.changeRoutes)
        case .changeNeighbours: Self.facts(.changeNeighbours)
        }
    }

    private static func facts<Reply>(
        _ endpoint: Endpoint<Reply>
    ) -> (method: EndpointMethod, path: String) {
        (endpoint.method, endpoint.path)
    }

    /// The method as a request's first line has it.
    var verb: String { endpoint.method.rawValue }

    var path: String { endpoint.path }

    /// Whether a request is long, and takes its time, since something else may be in force afterwards.
    var isReload: Bool { self != .explain && self != .changeNeighbours }

    /// The action that a request asks for, whatever its query is.
    init?(_ request: HTTPRequest) {
        guard let target = try? RequestTarget(request.path ?? "") else { return nil }
        self.init(request.method, target)
    }

    init?(_ method: HTTPRequest.Method, _ target: RequestTarget) {
        let action = Self.allCases.first {
            $0.verb == method.rawValue && target.name(in: $0.path) != nil
        }
        guard let action else { return nil }
        self = action
    }
}
