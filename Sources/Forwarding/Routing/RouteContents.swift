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

    /// The tables of a VRF.
    struct OfVRF: Sendable {
        var ipv4 = FamilyRoutes<PrefixKey>()
        var ipv6 = FamilyRoutes<IPv6PrefixKey>()
    }

    /// What a change makes of the tables of a VRF.
    struct ChangeOfVRF: Sendable {
        var ipv4 = FamilyRoutes<PrefixKey>.Change()
        var ipv6 = FamilyRoutes<IPv6PrefixKey>.Change()
    }

    /// What a change makes of the tables, and what takes it back.
    struct Change: Sendable {
        fileprivate(set) var vrfs: [UInt16: ChangeOfVRF] = [:]

        subscript(vrf: UInt16) -> ChangeOfVRF {
            get { vrfs[vrf] ?? ChangeOfVRF() }
            _modify { yield &vrfs[vrf, default: ChangeOfVRF()] }
        }
    }

    /// By number; the first is the main one.
    private(set) var vrfs: [OfVRF] = [OfVRF()]
    var registry = NextHopRegistry()

    /// The main one's.
    var ipv4: FamilyRoutes<PrefixKey> { vrfs[0].ipv4 }
    var ipv6: FamilyRoutes<IPv6PrefixKey> { vrfs[0].ipv6 }

    var routesOfAPI: Int { vrfs.reduce(0) { $0 + $1.ipv4.routesOfAPI + $1.ipv6.routesOfAPI } }
    var routeCount: Int { vrfs.reduce(0) { $0 + $1.ipv4.routes.count + $1.ipv6.routes.count } }

    /// Those of a prefix, by metric.
    func routes(_ prefix: IPPrefix, in vrf: UInt16) -> [Route] {
        guard let vrf = self[vrf] else { return [] }
        return prefix.isIPv4
            ? vrf.ipv4.routes[PrefixKey(prefix)] : vrf.ipv6.routes[IPv6PrefixKey(prefix)]
    }

    /// The tables of a VRF; nil where there is none.
    subscript(vrf: UInt16) -> OfVRF? {
        vrfs.indices.contains(Int(vrf)) ? vrfs[Int(vrf)] : nil
    }

    /// Changes the tables of a VRF in their place.
    mutating func withVRF<Value, Failure: Error>(
        _ vrf: UInt16,
        _ body: (inout OfVRF, inout NextHopRegistry) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        while vrfs.count <= Int(vrf) { vrfs.append(OfVRF()) }
        return try body(&vrfs[Int(vrf)], &registry)
    }

    /// Puts routes in the place of those that a prefix has.
    /// - Parameter routes: by metric.
    mutating func set(
        _ prefix: IPPrefix, in vrf: UInt16, to routes: [Route], _ change: inout Change
    ) {
        withVRF(vrf) { tables, registry in
            if prefix.isIPv4 {
                tables.ipv4.set(PrefixKey(prefix), to: routes, &change[vrf].ipv4, &registry)
            } else {
                tables.ipv6.set(IPv6PrefixKey(prefix), to: routes, &change[vrf].ipv6, &registry)
            }
        }
    }

    /// Takes a change back.
    mutating func revert(_ change: Change) {
        for (vrf, change) in change.vrfs {
            withVRF(vrf) { tables, registry in
                tables.ipv4.revert(change.ipv4, &registry)
                tables.ipv6.revert(change.ipv6, &registry)
            }
        }
        registry.collect()
    }

    /// Whether a prefix is a network of an interface of a VRF.
    func isNetwork(_ prefix: IPPrefix, in vrf: UInt16) -> Bool {
        guard let vrf = self[vrf] else { return false }
        return prefix.isIPv4
            ? vrf.ipv4.own.allNetworks.contains(PrefixKey(prefix))
            : vrf.ipv6.own.allNetworks.contains(IPv6PrefixKey(prefix))
    }

    /// The MAC of a neighbour of the configuration; nil where the VRF has none at the address.
    func mac(ofNeighbourAt address: IPAddress, in vrf: UInt16) -> MACAddress? {
        guard let vrf = self[vrf] else { return nil }
        return address.isIPv4
            ? vrf.ipv4.own.neighbour(at: address)?.mac : vrf.ipv6.own.neighbour(at: address)?.mac
    }
}
