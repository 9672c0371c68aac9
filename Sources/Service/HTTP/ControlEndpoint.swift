// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import FreewayConfiguration
import Forwarding
import FoundationEssentials

/// What the control socket serves, by `GET` and `HEAD`. The raw value is the path; what is in braces
/// stands for a name.
package enum ControlEndpoint: String, CaseIterable, Sendable {
    case version = "/v1/version"
    case stats = "/v1/stats"
    case ports = "/v1/ports"
    case workers = "/v1/workers"
    case drops = "/v1/drops"
    case dropsOfReason = "/v1/drops/{reason}"
    case config = "/v1/config"
    case plan = "/v1/plan"
    case routes = "/v1/routes"
    case routeOfAddress = "/v1/routes/{address}"
    case neighbours = "/v1/neighbours"

    /// The endpoint of a path, and what stands in it for the name in braces; nil where there is none.
    package static func named(by target: RequestTarget) -> (endpoint: ControlEndpoint, name: String)? {
        for endpoint in allCases {
            guard let name = target.name(in: endpoint.rawValue) else { continue }
            if endpoint == .dropsOfReason, !DropReasonText.all.contains(where: { $0.name == name }) {
                return nil
            }
            return (endpoint, name)
        }
        return nil
    }

    /// What a path has in the place of a drop reason; nil where it has none.
    static func reason(in target: RequestTarget) -> String? {
        target.name(in: dropsOfReason.rawValue)
    }

    /// The body of the reply: JSON, ended by a newline.
    /// - Parameters:
    ///   - name: what the path has for the name in braces.
    ///   - target: whose query counts for what comes in pages.
    package func body(
        from source: some ControlSource, name: String, _ target: RequestTarget
    ) async throws -> ReplyBytes {
        let data: Data
        switch self {
        case .version: data = try ControlJSON.encode(await source.version())
        case .stats: data = try ControlJSON.encode(await source.stats())
        case .ports: data = try ControlJSON.encode(await source.ports())
        case .workers: data = try ControlJSON.encode(await source.workers())
        case .drops: data = try ControlJSON.encode(await source.drops())
        case .dropsOfReason: data = try ControlJSON.encode(await source.drops(of: name))
        case .config: return try await source.configJSON()
        case .plan:
            var plan = try await source.planJSON()
            if plan.last != UInt8(ascii: "\n") { plan.append(UInt8(ascii: "\n")) }
            data = plan
        case .routes: data = try ControlJSON.encode(await source.routes(RoutePage(target)))
        case .routeOfAddress:
            data = try ControlJSON.encode(
                await source.route(to: RoutePage.address(name, in: target)))
        case .neighbours:
            data = try ControlJSON.encode(await source.neighbours(NeighbourPage(target)))
        }
        return ReplyBytes(data)
    }

    /// Whether it waits for whoever changes routes.
    var readsTables: Bool {
        switch self {
        case .routes, .routeOfAddress, .neighbours: true
        default: false
        }
    }

    /// Finds out whether a path with its query can be asked for before anybody does.
    /// - Parameter routes: whether there are tables to ask about.
    package static func check(_ path: String, routes: Bool) throws(ControlRefusal) {
        let target = try RequestTarget(path)
        guard let (endpoint, name) = named(by: target) else {
            throw ControlRefusal(status: 404, ErrorReply.notServed(target))
        }
        guard endpoint.readsTables else { return }
        guard routes else { throw .notRouting }
        switch endpoint {
        case .routes: _ = try RoutePage(target)
        case .routeOfAddress: _ = try RoutePage.address(name, in: target)
        default: _ = try NeighbourPage(target)
        }
    }

    /// Every path that takes some method.
    static var allPaths: [String] {
        let reading = allCases.map(\.rawValue)
        return reading + ControlAction.allCases.map(\.path).filter { !reading.contains($0) }
    }

    /// The path, of those that take any method, that is nearest to `path`, if any is near.
    static func nearest(to path: String) -> String? {
        Spelling.nearest(to: path, among: allPaths)
            ?? Spelling.nearest(to: "/v1\(path)", among: allPaths)
    }
}
