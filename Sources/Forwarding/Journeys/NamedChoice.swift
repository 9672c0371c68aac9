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
    /// Nil where the route has one next hop.
    let member: Member?
    /// Whether the stage chose what it should have. It always does, unless Freeway has a fault.
    let agrees: Bool

    /// - Parameter tables: those that were in force when the stage chose.
    package init(_ choice: RouteChoice, to destination: IPAddress, _ tables: NamedTables) {
        if destination.ipv6?.isLinkLocal == true,
            case .connected = tables.meaning(of: choice.group)
        {
            // A packet of our own goes to a link whatever the table says, which knows of what comes in.
            match = RouteContents.Match(
                prefix: IPPrefix.localScopes[0], source: .connected,
                number: UInt16(truncatingIfNeeded: choice.group))
        } else {
            match = tables.contents.longest(of: destination)
        }
        let nextHop: IPAddress?
        let interface: UInt16?
        switch tables.meaning(of: choice.nextHop) {
        case .host(let host):
            (nextHop, interface) = (host.address, tables.interface(reaching: host))
        case .connected(let number): (nextHop, interface) = (destination, number)
        case .drop, .group, nil: (nextHop, interface) = (nil, nil)
        }
        self.nextHop = nextHop
        self.interface = interface
        if case .group(let members) = tables.meaning(of: choice.group),
            let index = members.firstIndex(where: {
                $0.host.address == nextHop && tables.interface(reaching: $0.host) == interface
            })
        {
            let slotCount = tables.nextHops.slots(ofGroup: choice.group)?.count ?? 0
            member = Member(
                number: index + 1, count: members.count,
                slot: RouteChoice.slot(of: choice.flowHash, among: slotCount),
                slotCount: slotCount)
        } else {
            member = nil
        }
        agrees =
            Int(match?.number ?? 0) == choice.group
            && tables.allows(choice) && tables.allows(choice.outcome, of: choice.nextHop)
    }
}
