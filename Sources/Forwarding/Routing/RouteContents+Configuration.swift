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
        var targetsOfIPv4: [PrefixKey: UInt16] = [:]
        var targetsOfIPv6: [IPv6PrefixKey: UInt16] = [:]
        targetsOfIPv4.reserveCapacity(configuration.routes.count { $0.to.isIPv4 })
        for route in configuration.routes {
            guard let number = registry.use(route.target.meaning(numbers)) else {
                throw TableIsFull()
            }
            if route.to.isIPv4 {
                targetsOfIPv4[PrefixKey(route.to)] = number
            } else {
                targetsOfIPv6[IPv6PrefixKey(route.to)] = number
            }
        }
        let misplaced = misplacedNumbers(
            NextHopRules(configuration, configuration.networks, numbers))
        let withdrawn =
            ipv4.set(
                configuration.routes, targetsOfIPv4, ownIPv4, misplaced, &change.ipv4, &registry)
            + ipv6.set(
                configuration.routes, targetsOfIPv6, ownIPv6, misplaced, &change.ipv6, &registry)
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
            switch meaning {
            case .drop, .connected: false
            case .host(let host): rules.problem(with: host) != nil
            case .group(let members):
                members.contains { rules.problem(with: $0.host) != nil }
            }
        }
    }
}

extension FamilyRoutes {
    /// - Parameters:
    ///   - targets: numbers that are used once more each; given back here.
    ///   - misplaced: numbers with a next hop that can be none any more.
    /// - Returns: routes of the API that went, by address.
    fileprivate mutating func set(
        _ all: [Configuration.Route], _ targets: [Key: UInt16], _ new: OwnPrefixes<Key>,
        _ misplaced: Set<UInt16>, _ change: inout Change, _ registry: inout NextHopRegistry
    ) -> [IPPrefix] {
        var withdrawn: [Key] = []
        var removed: [Key] = []
        for (key, route) in routes {
            let isNamed = targets[key] != nil
            if route.isOfAPI {
                if isNamed || misplaced.contains(route.number) || new.allNetworks.contains(key) {
                    withdrawn.append(key)
                }
            } else if !isNamed {
                removed.append(key)
            }
        }
        // Room first, then what needs it.
        for key in removed + withdrawn { set(key, to: nil, &change, &registry) }
        set(new, &change, &registry)
        for route in all where route.to.isIPv4 == Key.isIPv4 {
            let key = Key(route.to)
            let old = routes[key]
            let new = Route(
                number: targets[key] ?? 0, isOfAPI: false, line: route.origin.lineOrNone)
            if !new.isLike(old) {
                set(key, to: new, &change, &registry)
            } else if new.line != old?.line {
                move(key, toLine: new.line)
            }
        }
        for number in targets.values { registry.drop(number) }
        return withdrawn.sorted().map(\.prefix)
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
        case .via(let hops) where hops.count == 1: .host(hops[0].host(numbers))
        case .via(let hops):
            .group(hops.map { .init(host: $0.host(numbers), weight: $0.weight) })
        }
    }
}

extension Configuration.WeightedNextHop {
    /// The interface counts where the address is of its link alone: elsewhere it follows from the address.
    func host(_ numbers: [UInt16]) -> NextHopRegistry.Host {
        NextHopRegistry.Host(
            address: address,
            interface: address.ipv6?.isLinkLocal == true ? numbers[interface] : nil)
    }
}
