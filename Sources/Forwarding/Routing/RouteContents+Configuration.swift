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
        _ configuration: Configuration, numbers: [UInt16]
    ) throws(TableIsFull) -> (Change, Withdrawn) {
        var change = Change()
        let ownIPv4 = try OwnPrefixes<PrefixKey>(configuration, numbers: numbers, in: &registry)
        let ownIPv6 = try OwnPrefixes<IPv6PrefixKey>(configuration, numbers: numbers, in: &registry)
        var wantedOfIPv4 = RouteCandidates<PrefixKey>()
        var wantedOfIPv6 = RouteCandidates<IPv6PrefixKey>()
        wantedOfIPv4.reserveCapacity(configuration.routes.count { $0.to.isIPv4 })
        var used: [UInt16] = []
        used.reserveCapacity(configuration.routes.count)
        for route in configuration.routes {
            guard let number = registry.use(route.target.meaning(numbers)) else {
                throw TableIsFull()
            }
            used.append(number)
            let wanted = Route(
                number: number, isOfAPI: false, tracksNeighbours: route.track == .neighbour,
                metric: route.metric, line: route.origin.lineOrNone)
            if route.to.isIPv4 {
                wantedOfIPv4.put(wanted, PrefixKey(route.to))
            } else {
                wantedOfIPv6.put(wanted, IPv6PrefixKey(route.to))
            }
        }
        let rules = NextHopRules(configuration, configuration.networks, numbers)
        let misplaced = misplacedNumbers(rules)
        var withdrawn =
            ipv4.set(
                configuration.routes, wantedOfIPv4, ownIPv4, misplaced, &change.ipv4, &registry)
            + ipv6.set(
                configuration.routes, wantedOfIPv6, ownIPv6, misplaced, &change.ipv6, &registry)
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

    /// The numbers with a next hop that can be none any more.
    private func misplacedNumbers(_ rules: NextHopRules) -> Set<UInt16> {
        guard routesOfAPI > 0 else { return [] }
        return registry.numbers { meaning in
            meaning.hosts.contains { rules.problem(with: $0) != nil }
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
            let gone =
                ipv4.withdraw(unreached, &change.ipv4, &registry)
                + ipv6.withdraw(unreached, &change.ipv6, &registry)
            guard !gone.isEmpty else { break }
            withdrawn += gone
        }
        return withdrawn
    }
}

extension FamilyRoutes {
    /// - Parameters:
    ///   - wanted: the configuration's, of this family.
    ///   - misplaced: numbers with a next hop that can be none any more.
    /// - Returns: routes of the API that went, by address.
    fileprivate mutating func set(
        _ all: [Configuration.Route], _ wanted: RouteCandidates<Key>, _ new: OwnPrefixes<Key>,
        _ misplaced: Set<UInt16>, _ change: inout Change, _ registry: inout NextHopRegistry
    ) -> [IPPrefix] {
        var withdrawn: [Key] = []
        var removed: [Key] = []
        // Of prefixes with routes of the API: those that stay.
        var kept: [Key: [Route]] = [:]
        for (key, first) in routes.best {
            if first.isOfAPI || routes.areSeveral(key) {
                let ofAPI = routes[key].filter(\.isOfAPI)
                let staying = ofAPI.filter {
                    !misplaced.contains($0.number) && !new.allNetworks.contains(key)
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
        for route in all where route.to.isIPv4 == Key.isIPv4 {
            let key = Key(route.to)
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
        case .drop, .connected, .link, .ranked: []
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
    /// - Parameter numbers: of the configuration's interfaces.
    func meaning(_ numbers: [UInt16]) -> NextHopRegistry.Meaning {
        switch self {
        case .drop(let action): .drop(action.reason)
        case .interface(let index): .link(interface: numbers[index])
        case .via(let hops) where hops.count == 1: .host(hops[0].host(numbers))
        case .via(let hops):
            .group(hops.map { .init(host: $0.host(numbers), weight: $0.weight) })
        }
    }
}

extension Configuration.WeightedNextHop {
    /// The interface counts where it does not follow from the address.
    func host(_ numbers: [UInt16]) -> NextHopRegistry.Host {
        NextHopRegistry.Host(
            address: address,
            interface: address.ipv6?.isLinkLocal == true || isOnLink
                ? interface.map { numbers[$0] } : nil)
    }
}
