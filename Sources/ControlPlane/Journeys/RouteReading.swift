// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The route stage's choice in the words of the configuration.
struct RouteReading {
    /// The prefix that names the chosen entry; nil where none matches.
    let match: PrefixNames.Match?
    /// The address that the packet goes to next.
    private(set) var nextHop: IPv4Address?
    /// The port of that address, as an index into the configuration's ports.
    private(set) var port: Int?
    /// Which of the route's next hops it is, from 1, and of how many; nil where there is one.
    private(set) var member: (number: Int, count: Int)?
    /// Whether the configuration says the same as what the stage chose. It always does, unless
    /// Freeway has a fault.
    let agrees: Bool

    /// - Parameter portIndex: DPDK's index of a port of the configuration.
    init(
        _ choice: RouteChoice, to destination: IPv4Address, _ names: PrefixNames,
        _ configuration: Configuration, portIndex: (Int) -> UInt16?
    ) {
        let match = names.longest(of: destination)
        self.match = match
        var slots = 0
        var wanted: RouteChoice.Outcome?
        switch match?.source {
        case nil: wanted = .drop(.noRoute)
        case .local: wanted = .drop(.localNotHandled)
        case .broadcast: wanted = .drop(.directedBroadcast)
        case .connected(let port):
            (nextHop, self.port) = (destination, port)
            wanted = portIndex(port).map { .unresolved(port: $0) }
        case .neighbour(let index):
            let neighbour = configuration.neighbours[index]
            (nextHop, port) = (neighbour.address, neighbour.port)
            wanted = portIndex(neighbour.port).map { .forward(port: $0) }
        case .route(let index):
            switch configuration.routes[index].target {
            case .blackhole: wanted = .drop(.blackhole)
            case .unreachable: wanted = .drop(.unreachable)
            case .via(let hops):
                let hop: Configuration.WeightedNextHop
                (hop, slots) = Self.hop(at: choice.slot, of: hops)
                (nextHop, port) = (hop.address, hop.port)
                if hops.count > 1 {
                    member = ((hops.firstIndex(of: hop) ?? 0) + 1, hops.count)
                }
                wanted = portIndex(hop.port).map {
                    names.mac(of: hop.address, on: hop.port) != nil
                        ? .forward(port: $0) : .unresolved(port: $0)
                }
            }
        }
        agrees = wanted == choice.outcome && slots == choice.slotCount
    }

    /// The next hop that has a slot, and how many slots there are: 0 for a single next hop.
    private static func hop(
        at slot: Int, of hops: [Configuration.WeightedNextHop]
    ) -> (hop: Configuration.WeightedNextHop, slots: Int) {
        guard hops.count > 1 else { return (hops[0], 0) }
        let divisor = hops.map(\.weight).reduce(0, greatestCommonDivisor)
        var end = 0
        var found: Configuration.WeightedNextHop?
        for hop in hops {
            end += hop.weight / divisor
            if found == nil, slot < end { found = hop }
        }
        return (found ?? hops[hops.count - 1], end)
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
}
