// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension ConfigurationDecoder {
    /// What is known about the next hops so far: a million routes share a handful.
    private struct NextHops {
        /// Each good next hop by its text, with weight 1.
        var known: [String: Configuration.WeightedNextHop] = [:]
        var groups: Set<[Configuration.WeightedNextHop]> = []
        /// Those for which a packet can be addressed; nil where the MACs of others are asked for.
        var resolved: Set<IPv4Address>?
    }

    mutating func decodeRoutes(
        _ field: Field?, _ ports: DecodedPorts, capacity: Int,
        neighbours: [Configuration.Neighbour], asksForMACs: Bool
    ) -> [Configuration.Route] {
        guard let field,
            let items = items(
                field, expected: "a list such as [{to: 10.0.0.0/8, via: 192.0.2.9}]")
        else { return [] }
        if items.count > capacity {
            report(
                field,
                "found \(items.count) routes, but there is room for \(capacity); set"
                    + " memory.routes to \(items.count) or more")
        }
        var result: [Configuration.Route] = []
        result.reserveCapacity(items.count)
        var firstLines: [IPv4Prefix: Int] = [:]
        firstLines.reserveCapacity(items.count)
        var nextHops = NextHops(
            resolved: asksForMACs ? nil : Set(neighbours.map(\.address)))
        for item in items {
            guard let fields = fields(item, Keys.Route.self) else { continue }
            let prefix = required(.to, in: fields).flatMap { self.prefix($0, ports) }
            let target = decodeTarget(fields, ports, &nextHops)
            guard let prefix else { continue }
            if let first = firstLines[prefix] {
                report(
                    item.node.location, item.path.appending(Keys.Route.to.rawValue),
                    "\(prefix) has a route already, at line \(first)")
                continue
            }
            firstLines[prefix] = item.node.location.line
            guard let target else { continue }
            result.append(
                Configuration.Route(
                    to: prefix, target: target, origin: Origin(item.node.location)))
        }
        if nextHops.groups.count > Configuration.Route.maximumGroupCount {
            report(
                field,
                "found \(nextHops.groups.count) different sets of next hops, expected at most"
                    + " \(Configuration.Route.maximumGroupCount)")
        }
        return result
    }

    /// `default` is 0.0.0.0/0, as in `ip route`.
    private mutating func prefix(_ field: Field, _ ports: DecodedPorts) -> IPv4Prefix? {
        if case .scalar("default", _) = field.node.value {
            return IPv4Prefix(containing: IPv4Address(rawValue: 0), length: 0)
        }
        guard
            let (address, length) = addressAndLength(
                field, lengths: 0...32, expected: "a prefix such as 10.0.0.0/8")
        else { return nil }
        let prefix = IPv4Prefix(containing: address, length: length)
        guard prefix.address == address else {
            report(field, "\(address)/\(length) has host bits set; did you mean \"\(prefix)\"?")
            return nil
        }
        if let holder = ports.networks.holder(ofNetwork: prefix) {
            report(
                field,
                "\(prefix) is \(ports.title(holder.interface))'s own network, whose hosts are neighbours of it"
            )
            return nil
        }
        return prefix
    }

    private mutating func decodeTarget(
        _ fields: Fields<Keys.Route>, _ ports: DecodedPorts, _ nextHops: inout NextHops
    ) -> Configuration.Route.Target? {
        switch (fields[.via], fields[.action]) {
        case (nil, nil):
            report(
                fields.location, fields.path,
                "has neither \"via\" (a next hop) nor \"action\" (blackhole, unreachable or prohibit)"
            )
            return nil
        case (let via?, nil):
            guard let hops = decodeNextHops(via, ports, &nextHops) else { return nil }
            nextHops.groups.insert(hops)
            return .via(hops)
        case (nil, let action?):
            let action: Configuration.Route.Action? = choice(action)
            return action.map { .drop($0) }
        case (_, let action?):
            report(
                fields.keyLocation(.action), action.path,
                "cannot stand beside \"via\"; a route has one of the two")
            return nil
        }
    }

    private mutating func decodeNextHops(
        _ field: Field, _ ports: DecodedPorts, _ nextHops: inout NextHops
    ) -> [Configuration.WeightedNextHop]? {
        let expected =
            "a next hop such as 192.0.2.9, or a list such as [{address: 192.0.2.9, weight: 2}]"
        switch field.node.value {
        case .scalar:
            return nextHop(field, weight: 1, ports, &nextHops).map { [$0] }
        case .mapping:
            reportFound(field, expected: expected)
            return nil
        case .sequence(let items):
            let most = Configuration.Route.maximumNextHopCount
            guard (1...most).contains(items.count) else {
                report(field, "found \(items.count) next hops, expected 1 to \(most)")
                return nil
            }
            var hops: [Configuration.WeightedNextHop] = []
            var isComplete = true
            for (index, item) in items.enumerated() {
                let item = Field(node: item, path: field.path.appending(index))
                guard let hop = weightedNextHop(item, ports, &nextHops) else {
                    isComplete = false
                    continue
                }
                if hops.contains(where: { $0.address == hop.address }) {
                    report(item, "\(hop.address) is given twice; give it a weight instead")
                    isComplete = false
                } else {
                    hops.append(hop)
                }
            }
            return isComplete ? hops : nil
        }
    }

    private mutating func weightedNextHop(
        _ item: Field, _ ports: DecodedPorts, _ nextHops: inout NextHops
    ) -> Configuration.WeightedNextHop? {
        if case .scalar = item.node.value {
            return nextHop(item, weight: 1, ports, &nextHops)
        }
        guard let fields = fields(item, Keys.NextHop.self) else { return nil }
        let weight =
            fields[.weight].map {
                integer($0, in: Configuration.WeightedNextHop.weightRange, of: "a weight")
            } ?? 1
        let address = required(.address, in: fields)
        guard let address,
            let hop = nextHop(address, weight: weight ?? 1, ports, &nextHops), weight != nil
        else { return nil }
        return hop
    }

    /// A next hop that is another host on an interface's network.
    private mutating func nextHop(
        _ field: Field, weight: Int, _ ports: DecodedPorts, _ nextHops: inout NextHops
    ) -> Configuration.WeightedNextHop? {
        if case .scalar(let text, _) = field.node.value, var hop = nextHops.known[text] {
            hop.weight = weight
            return hop
        }
        guard let address = address(field) else { return nil }
        guard let interface = ports.networks.holder(of: address)?.interface else {
            if !ports.networksAreUncertain {
                report(field, "\(address) is on no interface's network; \(ports.networkList)")
            }
            return nil
        }
        guard isForeignHost(address, at: field, ports) else { return nil }
        // An address has one spelling only.
        nextHops.known[address.description] = Configuration.WeightedNextHop(
            address: address, interface: interface)
        if let resolved = nextHops.resolved, !resolved.contains(address) {
            warn(
                field.node.location, field.path,
                "\(address) has no entry in neighbours, so packets for it are dropped (noNeighbour):"
                    + " arp.requestsPerSecond is 0")
        }
        return Configuration.WeightedNextHop(
            address: address, weight: weight, interface: interface)
    }
}
