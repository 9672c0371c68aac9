// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The route stage's choice in the words of the configuration: which prefix names the entry that the
/// stage chose, and which of the prefix's next hops has that entry's port and MAC.
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
    private(set) var agrees: Bool

    /// - Parameter portIndex: DPDK's index of a port of the configuration.
    init(
        _ choice: RouteChoice, to destination: IPv4Address, _ names: PrefixNames,
        _ configuration: Configuration, portIndex: (Int) -> UInt16
    ) {
        let match = names.longest(of: destination)
        self.match = match
        agrees = false
        switch match?.source {
        case nil: agrees = choice.outcome == .drop(.noRoute)
        case .local: agrees = choice.outcome == .drop(.localNotHandled)
        case .broadcast: agrees = choice.outcome == .drop(.directedBroadcast)
        case .connected(let port):
            (nextHop, self.port) = (destination, port)
            agrees = choice.outcome == .unresolved(port: portIndex(port))
        case .neighbour(let index):
            let neighbour = configuration.neighbours[index]
            (nextHop, port) = (neighbour.address, neighbour.port)
            agrees =
                choice.outcome == .forward(port: portIndex(neighbour.port), mac: neighbour.mac)
        case .route(let index):
            switch configuration.routes[index].target {
            case .blackhole: agrees = choice.outcome == .drop(.blackhole)
            case .unreachable: agrees = choice.outcome == .drop(.unreachable)
            case .via(let hops): read(choice, hops, names, portIndex: portIndex)
            }
        }
        if choice.slotCount == 0 { agrees = agrees && choice.group == choice.nextHop }
    }

    private mutating func read(
        _ choice: RouteChoice, _ hops: [Configuration.WeightedNextHop], _ names: PrefixNames,
        portIndex: (Int) -> UInt16
    ) {
        let outcomes = hops.map { hop -> RouteChoice.Outcome in
            let port = portIndex(hop.port)
            guard let mac = names.mac(of: hop.address, on: hop.port) else {
                return .unresolved(port: port)
            }
            return .forward(port: port, mac: mac)
        }
        let slots = Self.slots(hops)
        // The slot names the member, unless members are missing from the group: then its port and MAC.
        var chosen: Int?
        if hops.count == 1 {
            chosen = 0
        } else if choice.slotCount == slots.count {
            chosen = slots[choice.slot]
        } else {
            chosen = outcomes.firstIndex(of: choice.outcome)
        }
        guard let chosen else { return }
        nextHop = hops[chosen].address
        port = hops[chosen].port
        if hops.count > 1 { member = (chosen + 1, hops.count) }
        agrees = outcomes[chosen] == choice.outcome
    }

    /// The next hop of each slot of a group: as many for each as its weight, reduced.
    private static func slots(_ hops: [Configuration.WeightedNextHop]) -> [Int] {
        let divisor = max(1, hops.map(\.weight).reduce(0, greatestCommonDivisor))
        return hops.indices.flatMap { [Int](repeating: $0, count: hops[$0].weight / divisor) }
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
}
