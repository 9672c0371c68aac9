// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
package import PacketHeaders

extension RouteContents {
    /// Routes of the API that a configuration has no place for.
    package struct Withdrawn: Equatable, Sendable {
        package var count = 0
        /// The first few by address.
        package var first: [IPv4Prefix] = []

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
        let own = try OwnPrefixes(configuration, numbers: numbers, in: &registry)
        var targets: [PrefixKey: UInt16] = [:]
        targets.reserveCapacity(configuration.routes.count)
        for route in configuration.routes {
            guard let number = registry.use(route.target.meaning) else { throw TableIsFull() }
            targets[PrefixKey(route.to)] = number
        }
        let misplaced = misplacedNumbers(NextHopRules(configuration, configuration.networks))
        var withdrawn: [PrefixKey] = []
        var removed: [PrefixKey] = []
        for (key, route) in routes {
            let isNamed = targets[key] != nil
            if route.isOfAPI {
                if isNamed || misplaced.contains(route.number) || own.allNetworks.contains(key) {
                    withdrawn.append(key)
                }
            } else if !isNamed {
                removed.append(key)
            }
        }
        // Room first, then what needs it.
        for key in removed + withdrawn { set(key, to: nil, &change) }
        set(own, &change)
        for route in configuration.routes {
            let key = PrefixKey(route.to)
            let old = routes[key]
            let new = Route(
                number: targets[key] ?? 0, isOfAPI: false, line: route.origin.lineOrNone)
            if !new.isLike(old) {
                set(key, to: new, &change)
            } else if new.line != old?.line {
                move(key, toLine: new.line)
            }
        }
        for number in targets.values { registry.drop(number) }
        return (
            change,
            Withdrawn(
                count: withdrawn.count,
                first: withdrawn.sorted().prefix(Withdrawn.shown).map(\.prefix))
        )
    }

    /// The numbers with a next hop that can be none any more.
    private func misplacedNumbers(_ rules: NextHopRules) -> Set<UInt16> {
        guard routesOfAPI > 0 else { return [] }
        return registry.numbers { meaning in
            switch meaning {
            case .drop, .connected: false
            case .host(let address): rules.problem(with: address) != nil
            case .group(let members):
                members.contains { rules.problem(with: $0.address) != nil }
            }
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
    var meaning: NextHopRegistry.Meaning {
        switch self {
        case .drop(let action): .drop(action.reason)
        case .via(let hops) where hops.count == 1: .host(hops[0].address)
        case .via(let hops):
            .group(hops.map { NextHopRegistry.Member(address: $0.address, weight: $0.weight) })
        }
    }
}
