// SPDX-License-Identifier: Apache-2.0

package import Dataplane
package import PacketHeaders

/// What the route stage's choice means. Where the packet goes is what the entry says that the stage took,
/// whatever should have been; beside it stands whether that is what the routes, the neighbours and the
/// links of the time ask for.
package struct NamedChoice {
    /// A next hop among several of a route.
    struct Member {
        /// From 1.
        let number: Int
        let count: Int
        /// Of the group: the one that the flow's hash picked, from 0.
        let slot: Int
        let slotCount: Int
    }

    /// The prefix that the destination is in; nil where there is none.
    package let match: RouteContents.Match?
    /// The address that the packet goes to next.
    package let nextHop: IPAddress?
    /// The number of the interface on whose network that is.
    let interface: UInt16?
    /// The next hop of the route, where that is on no network, and reached through the other one.
    let remote: IPAddress?
    /// That of the route, where the prefix has several.
    let metric: UInt32?
    /// Nil where the route has one next hop.
    let member: Member?
    /// Whether the stage chose what it should have. It always does, unless Freeway has a fault.
    let agrees: Bool

    /// - Parameters:
    ///   - tables: those that were in force when the stage chose.
    ///   - vrf: the number of that in which the stage looked.
    package init(
        _ choice: RouteChoice, to destination: IPAddress, in vrf: UInt16 = 0, _ tables: NamedTables
    ) {
        if destination.ipv6?.isLinkLocal == true,
            case .connected = tables.meaning(of: choice.group)
        {
            // A packet of our own goes to a link whatever the table says, which knows of what comes in.
            match = RouteContents.Match(
                prefix: IPPrefix.localScopes[0], source: .connected,
                number: UInt16(truncatingIfNeeded: choice.group))
        } else {
            match = tables.contents.longest(of: destination, in: vrf)
        }
        let nextHop: IPAddress?
        let interface: UInt16?
        switch tables.meaning(of: choice.nextHop) {
        case .host(let host):
            nextHop = host.address
            interface = tables.interface(reaching: host) ?? choice.outcome.interface
        case .connected(let number), .link(let number):
            (nextHop, interface) = (destination, number)
        case .drop, .group, .ranked, .table, nil: (nextHop, interface) = (nil, nil)
        }
        self.nextHop = nextHop
        self.interface = interface
        let route = tables.route(choice, match, in: vrf)
        metric = route.metric
        let hops = tables.contents.registry.members(route.number)
        let index = hops.firstIndex {
            tables.nextHops.leaves(of: $0).contains(UInt16(truncatingIfNeeded: choice.nextHop))
        }
        if case .host(let host) = tables.meaning(of: Int(hops[index ?? 0])),
            host.address != nextHop, nextHop != nil
        {
            remote = host.address
        } else {
            remote = nil
        }
        if case .group(let members) = tables.meaning(of: Int(route.number)), let index {
            let slotCount = tables.nextHops.slots(ofGroup: choice.group)?.count ?? 0
            member = Member(
                number: index + 1, count: members.count,
                slot: RouteChoice.slot(of: choice.flowHash, among: slotCount),
                slotCount: slotCount)
        } else {
            member = nil
        }
        agrees =
            (Int(match?.number ?? 0) == choice.group || choice.outcome == .drop(.vrfLoop))
            && tables.allows(choice) && tables.allows(choice.outcome, of: choice.nextHop)
    }
}

extension RouteChoice.Outcome {
    /// The number of the interface by which packets leave, or would.
    fileprivate var interface: UInt16? {
        switch self {
        case .forward(let interface, _), .unresolved(let interface): interface
        case .drop: nil
        }
    }
}

extension NamedTables {
    /// The route that a choice was made by: of several the one that counts.
    /// - Returns: the number where it leads, and its metric where there are several.
    fileprivate func route(
        _ choice: RouteChoice, _ match: RouteContents.Match?, in vrf: UInt16
    ) -> (number: UInt16, metric: UInt32?) {
        let entry = UInt16(truncatingIfNeeded: choice.group)
        guard case .ranked(let ranks) = meaning(of: choice.group), let match else {
            return (entry, nil)
        }
        let index =
            ranks.firstIndex {
                nextHops.leaves(of: $0.entry).contains(UInt16(truncatingIfNeeded: choice.nextHop))
            } ?? 0
        let routes = contents.routes(match.prefix, in: vrf)
        return (
            ranks[index].entry,
            routes.count > 1 && index < routes.count ? routes[index].metric : nil
        )
    }
}
