// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What goes into the forwarding tables, and why, and what their entries mean: both families have one set of next hops.
/// Control thread.
package struct RouteContents: Sendable {
    /// The number of where a route leads, and who named it.
    struct Route: Sendable {
        let number: UInt16
        let isOfAPI: Bool
        /// Whether it counts no more while its next hop does not answer.
        var tracksNeighbours = false
        /// Of several routes of a prefix the lowest goes first.
        var metric: UInt32 = 0
        /// Of the configuration; 0 for a route of the API, and for one that is in no file.
        var line: UInt32 = 0

        /// Whether another one does the same for the same reason, wherever it is written.
        func isLike(_ other: Route?) -> Bool {
            guard let other else { return false }
            return number == other.number && isOfAPI == other.isOfAPI
                && tracksNeighbours == other.tracksNeighbours && metric == other.metric
        }
    }

    /// What a change makes of the tables, and what takes it back.
    struct Change: Sendable {
        var ipv4 = FamilyRoutes<PrefixKey>.Change()
        var ipv6 = FamilyRoutes<IPv6PrefixKey>.Change()
    }

    var ipv4 = FamilyRoutes<PrefixKey>()
    var ipv6 = FamilyRoutes<IPv6PrefixKey>()
    var registry = NextHopRegistry()

    var routesOfAPI: Int { ipv4.routesOfAPI + ipv6.routesOfAPI }
    var routeCount: Int { ipv4.routes.count + ipv6.routes.count }

    /// Those of a prefix, by metric.
    func routes(_ prefix: IPPrefix) -> [Route] {
        prefix.isIPv4 ? ipv4.routes[PrefixKey(prefix)] : ipv6.routes[IPv6PrefixKey(prefix)]
    }

    /// Puts routes in the place of those that a prefix has.
    /// - Parameter routes: by metric.
    mutating func set(_ prefix: IPPrefix, to routes: [Route], _ change: inout Change) {
        if prefix.isIPv4 {
            ipv4.set(PrefixKey(prefix), to: routes, &change.ipv4, &registry)
        } else {
            ipv6.set(IPv6PrefixKey(prefix), to: routes, &change.ipv6, &registry)
        }
    }

    /// Takes a change back.
    mutating func revert(_ change: Change) {
        ipv4.revert(change.ipv4, &registry)
        ipv6.revert(change.ipv6, &registry)
        registry.collect()
    }

    /// Whether a prefix is a network of an interface.
    func isNetwork(_ prefix: IPPrefix) -> Bool {
        prefix.isIPv4
            ? ipv4.own.allNetworks.contains(PrefixKey(prefix))
            : ipv6.own.allNetworks.contains(IPv6PrefixKey(prefix))
    }

    /// The MAC of a neighbour of the configuration, and where it is; nil where it has none at the address.
    func mac(ofNeighbourAt address: IPAddress) -> MACAddress? {
        address.isIPv4
            ? ipv4.own.neighbour(at: address)?.mac : ipv6.own.neighbour(at: address)?.mac
    }
}
