// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What goes into the forwarding tables, and why, and what their entries mean: both families have one set of next hops.
/// Control thread.
package struct RouteContents: Sendable {
    /// A route's number in the table, and who named it.
    struct Route: Sendable {
        let number: UInt16
        let isOfAPI: Bool
        /// Of the configuration; 0 for a route of the API, and for one that is in no file.
        var line: UInt32 = 0

        /// Whether another one does the same for the same reason, wherever it is written.
        func isLike(_ other: Route?) -> Bool {
            number == other?.number && isOfAPI == other?.isOfAPI
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

    func route(_ prefix: IPPrefix) -> Route? {
        prefix.isIPv4 ? ipv4.routes[PrefixKey(prefix)] : ipv6.routes[IPv6PrefixKey(prefix)]
    }

    /// Puts a route in the place of the one that there may be; nil takes it away.
    mutating func set(_ prefix: IPPrefix, to route: Route?, _ change: inout Change) {
        if prefix.isIPv4 {
            ipv4.set(PrefixKey(prefix), to: route, &change.ipv4, &registry)
        } else {
            ipv6.set(IPv6PrefixKey(prefix), to: route, &change.ipv6, &registry)
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
