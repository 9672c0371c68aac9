// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
package import PacketHeaders

extension RouteContents {
    /// Routes of the API that a configuration has no place for.
    package struct Withdrawn: Equatable, Sendable {
        package var count = 0
        /// The first few by address.
        package var first: [IPPrefix] = []

        static let shown = 10
    }

    /// Puts the routes and ports of a configuration in the place of those that were there. Routes of the API
    /// stay, but for those that the configuration would not let in: it names the prefix itself, the prefix is
    /// a port's network, or the next hop can be no host's on one.
    ///
    /// What is no longer used stays in the registry until it is collected. When the next hops are too many,
    /// these contents are of no further use.
    mutating func set(
        _ configuration: Configuration, numbers: [UInt16], vrfs: VRFNumbers? = nil
    ) throws(TableIsFull) -> (Change, Withdrawn) {
        let vrfs = vrfs ?? VRFNumbers(configuration)
        var change = Change()
        var wanted: [UInt16: Wanted] = [:]
        wanted[0] = Wanted()
        wanted[0]?.ipv4.reserveCapacity(configuration.routes.count { $0.to.isIPv4 })
        var used: [UInt16] = []
        used.reserveCapacity(configuration.routes.count)
        for route in configuration.routes {
            let vrf = vrfs[route.vrf] ?? 0
            guard let number = registry.use(route.target.meaning(numbers, vrfs, in: vrf)) else {
                throw TableIsFull()
            }
            used.append(number)
            wanted[vrf, default: Wanted()].put(
                Route(
                    number: number, isOfAPI: false, tracksNeighbours: route.track == .neighbour,
                    metric: route.metric, line: route.origin.lineOrNone), route.to)
        }
        let rules = NextHopRules(configuration, configuration.networks, numbers, vrfs)
        let misplaced = misplacedNumbers(rules)
        var withdrawn: [IPPrefix] = []
        // Those that are not there any more lose all that they have.
        for vrf in Set(vrfs.names.keys).union(self.vrfs.indices.map { UInt16($0) }).sorted() {
            let own = vrfs.names[vrf].map { OwnVRF(name: $0, number: vrf) }
            withdrawn += try withVRF(vrf) { tables, registry throws(TableIsFull) in
                try tables.set(
                    configuration, own, numbers, wanted[vrf] ?? Wanted(), misplaced,
                    &change[vrf], &registry)
            }
        }
        for number in used { registry.drop(number) }
        withdrawn += withdrawUnreached(rules, &change)
        withdrawn.sort { ($0.address, $0.length) < ($1.address, $1.length) }
        if registry.isOverfull { throw TableIsFull() }
        return (
            change,
            Withdrawn(
                count: withdrawn.count, first: Array(withdrawn.prefix(Withdrawn.shown)))
        )
    }

    /// The routes of a configuration in one VRF.
    struct Wanted {
        var ipv4 = RouteCandidates<PrefixKey>()
        var ipv6 = RouteCandidates<IPv6PrefixKey>()
        /// The prefixes in their order.
        private(set) var prefixes: [IPPrefix] = []

        mutating func put(_ route: Route, _ prefix: IPPrefix) {
            prefixes.append(prefix)
            if prefix.isIPv4 {
                ipv4.put(route, PrefixKey(prefix))
            } else {
                ipv6.put(route, IPv6PrefixKey(prefix))
            }
        }
    }

    /// The numbers with a next hop that can be none any more.
    private func misplacedNumbers(_ rules: NextHopRules) -> Set<UInt16> {
        guard routesOfAPI > 0 else { return [] }
        return registry.numbers { meaning in
            switch meaning {
            // Its number may be another one's with the next configuration.
            case .table(let vrf): !rules.hasVRF(vrf)
            case .link(let interface): rules.vrf(ofInterface: interface) == nil
            default: meaning.hosts.contains { rules.problem(with: $0) != nil }
            }
        }
    }

    /// Takes the routes of the API away whose next hop neither a network nor a route reaches any more.
    private mutating func withdrawUnreached(
        _ rules: NextHopRules, _ change: inout Change
    ) -> [IPPrefix] {
        var withdrawn: [IPPrefix] = []
        // One that goes may have led to the next hop of another.
        while routesOfAPI > 0 {
            let unreached = registry.numbers { meaning in
                meaning.hosts.contains { problem(withRemote: $0, rules) != nil }
            }
            guard !unreached.isEmpty else { break }
            var gone: [IPPrefix] = []
            for vrf in vrfs.indices.map({ UInt16($0) }) {
                gone += withVRF(vrf) { tables, registry in
                    tables.ipv4.withdraw(unreached, &change[vrf].ipv4, &registry)
                        + tables.ipv6.withdraw(unreached, &change[vrf].ipv6, &registry)
                }
            }
            guard !gone.isEmpty else { break }
            withdrawn += gone
        }
        return withdrawn
    }
}

extension RouteContents.OfVRF {
    /// - Parameter own: nil for a VRF that is there no more.
    fileprivate mutating func set(
        _ configuration: Configuration, _ own: OwnVRF?, _ numbers: [UInt16],
        _ wanted: RouteContents.Wanted, _ misplaced: Set<UInt16>,
        _ change: inout RouteContents.ChangeOfVRF, _ registry: inout NextHopRegistry
    ) throws(TableIsFull) -> [IPPrefix] {
        var ownIPv4 = OwnPrefixes<PrefixKey>()
        var ownIPv6 = OwnPrefixes<IPv6PrefixKey>()
        if let own {
            ownIPv4 = try OwnPrefixes(configuration, own, numbers: numbers, in: &registry)
            ownIPv6 = try OwnPrefixes(configuration, own, numbers: numbers, in: &registry)
        }
        let gone = own == nil
        return ipv4.set(
            wanted.prefixes, wanted.ipv4, ownIPv4, misplaced, isGone: gone, &change.ipv4, &registry)
            + ipv6.set(
                wanted.prefixes, wanted.ipv6, ownIPv6, misplaced, isGone: gone, &change.ipv6,
                &registry)
    }
}

extension FamilyRoutes {
    /// - Parameters:
    ///   - all: prefixes of both families, in their order.
    ///   - wanted: the configuration's, of this family.
    ///   - misplaced: numbers with a next hop that can be none any more.
    ///   - isGone: whether the VRF is there no more.
    /// - Returns: routes of the API that went, by address.
    fileprivate mutating func set(
        _ all: [IPPrefix], _ wanted: RouteCandidates<Key>, _ new: OwnPrefixes<Key>,
        _ misplaced: Set<UInt16>, isGone: Bool, _ change: inout Change,
        _ registry: inout NextHopRegistry
    ) -> [IPPrefix] {
        var withdrawn: [Key] = []
        var removed: [Key] = []
        // Of prefixes with routes of the API: those that stay.
        var kept: [Key: [Route]] = [:]
        for (key, first) in routes.best {
            if first.isOfAPI || routes.areSeveral(key) {
                let ofAPI = routes[key].filter(\.isOfAPI)
                let staying = ofAPI.filter {
                    !isGone && !misplaced.contains($0.number) && !new.allNetworks.contains(key)
                        && wanted.route(key, metric: $0.metric) == nil
                }
                withdrawn += Array(repeating: key, count: ofAPI.count - staying.count)
                kept[key] = staying
                if !staying.isEmpty { continue }
            }
            if wanted.best[key] == nil { removed.append(key) }
        }
        // Room first, then what needs it.
        for key in removed { set(key, to: [], &change, &registry) }
        set(new, &change, &registry)
        for key in kept.keys.sorted() where wanted.best[key] == nil {
            put(kept[key] ?? [], key, &change, &registry)
        }
        for prefix in all where prefix.isIPv4 == Key.isIPv4 {
            let key = Key(prefix)
            put((kept[key] ?? []).reduce(wanted[key]) { $0.replacing($1) }, key, &change, &registry)
        }
        return withdrawn.sorted().map(\.prefix)
    }

    /// Puts routes in the place of those of a prefix, unless they do the same.
    private mutating func put(
        _ new: [Route], _ key: Key, _ change: inout Change, _ registry: inout NextHopRegistry
    ) {
        let old = routes[key]
        guard new.count == old.count, zip(new, old).allSatisfy({ $0.isLike($1) }) else {
            return set(key, to: new, &change, &registry)
        }
        if zip(new, old).contains(where: { $0.line != $1.line }) { move(key, to: new) }
    }

    /// Takes the routes of the API away that lead to some numbers.
    fileprivate mutating func withdraw(
        _ numbers: Set<UInt16>, _ change: inout Change, _ registry: inout NextHopRegistry
    ) -> [IPPrefix] {
        func goes(_ route: Route) -> Bool { route.isOfAPI && numbers.contains(route.number) }
        let keys = routes.best.keys.filter { routes[$0].contains(where: goes) }.sorted()
        var gone: [IPPrefix] = []
        for key in keys {
            let old = routes[key]
            gone += old.filter(goes).map { _ in key.prefix }
            set(key, to: old.filter { !goes($0) }, &change, &registry)
        }
        return gone
    }
}

extension NextHopRegistry.Meaning {
    /// Its own next hops.
    var hosts: [NextHopRegistry.Host] {
        switch self {
        case .host(let host): [host]
        case .group(let members): members.map(\.host)
        case .drop, .connected, .link, .table, .ranked: []
        }
    }
}

extension Origin {
    /// The line; 0 for what is in no file.
    var lineOrNone: UInt32 { UInt32(clamping: location?.line ?? 0) }
}

extension Configuration.Route.Action {
    var reason: DropReason {
        switch self {
        case .blackhole: .blackhole
        case .unreachable: .unreachable
        case .prohibit: .prohibited
        }
    }
}

extension Configuration.Route.Target {
    /// - Parameters:
    ///   - numbers: of the configuration's interfaces.
    ///   - vrf: the number of the route's.
    func meaning(
        _ numbers: [UInt16], _ vrfs: VRFNumbers, in vrf: UInt16
    ) -> NextHopRegistry.Meaning {
        switch self {
        case .drop(let action): .drop(action.reason)
        case .interface(let index): .link(interface: numbers[index])
        case .table(let name): .table(vrf: vrfs[name] ?? 0)
        case .via(let hops) where hops.count == 1: .host(hops[0].host(numbers, in: vrf))
        case .via(let hops):
            .group(hops.map { .init(host: $0.host(numbers, in: vrf), weight: $0.weight) })
        }
    }
}

extension Configuration.WeightedNextHop {
    /// The interface counts where it does not follow from the address: then the VRF does not.
    func host(_ numbers: [UInt16], in vrf: UInt16) -> NextHopRegistry.Host {
        let isNamed = address.ipv6?.isLinkLocal == true || isOnLink || isLeak
        let number = isNamed ? interface.map { numbers[$0] } : nil
        return NextHopRegistry.Host(
            address: address, interface: number, vrf: number == nil ? vrf : 0)
    }
}
