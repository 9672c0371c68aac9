// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension ConfigurationDecoder {
    /// What is known about the next hops so far: a million routes share a handful.
    private struct NextHops {
        /// Each good next hop by its text, with weight 1.
        var known: [String: Configuration.WeightedNextHop] = [:]
        var groups: Set<[Configuration.WeightedNextHop]> = []
        /// Those for which a packet can be addressed; nil where the MACs of others are asked for.
        var resolved: Set<IPAddress>?
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
        var firstLines: [IPPrefix: Int] = [:]
        firstLines.reserveCapacity(items.count)
        var nextHops = NextHops(
            resolved: asksForMACs ? nil : Set(neighbours.map(\.address)))
        for item in items {
            guard let fields = fields(item, Keys.Route.self) else { continue }
            let prefix = required(.to, in: fields).flatMap { self.prefix($0, ports) }
            let target = decodeTarget(fields, ports, isIPv4: prefix?.isIPv4, &nextHops)
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

    /// `default` is 0.0.0.0/0, as in `ip route`; that of IPv6 is ::/0.
    private mutating func prefix(_ field: Field, _ ports: DecodedPorts) -> IPPrefix? {
        if case .scalar("default", _) = field.node.value {
            return .allIPv4
        }
        guard
            let (address, length) = addressAndLength(
                field, from: 0, expected: "a prefix such as 10.0.0.0/8 or 2001:db8::/32")
        else { return nil }
        let prefix = IPPrefix(containing: address, length: length)
        guard prefix.address == address else {
            report(field, "\(address)/\(length) has host bits set; did you mean \"\(prefix)\"?")
            return nil
        }
        if let problem = prefix.problemOfScope {
            report(field, problem)
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
        _ fields: Fields<Keys.Route>, _ ports: DecodedPorts, isIPv4: Bool?,
        _ nextHops: inout NextHops
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
            if isIPv4 == false, let hop = hops.first(where: \.address.isIPv4) {
                report(
                    via,
                    "\(hop.address) is a next hop of IPv4, which cannot take packets of IPv6; give it one of IPv6"
                )
                return nil
            }
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
                if hops.contains(where: {
                    $0.address == hop.address && $0.interface == hop.interface
                }) {
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
        var interface: Int?
        if let field = fields[.interface] {
            interface = interfaceIndex(field, ports)
            guard interface != nil else { return nil }
        }
        guard let address,
            let hop = nextHop(address, on: interface, weight: weight ?? 1, ports, &nextHops),
            weight != nil
        else { return nil }
        return hop
    }

    /// A next hop that is another host on an interface's network, or on its link.
    /// - Parameter named: the interface, where a key beside the address names it.
    private mutating func nextHop(
        _ field: Field, on named: Int? = nil, weight: Int, _ ports: DecodedPorts,
        _ nextHops: inout NextHops
    ) -> Configuration.WeightedNextHop? {
        if named == nil, case .scalar(let text, _) = field.node.value,
            var hop = nextHops.known[text]
        {
            hop.weight = weight
            return hop
        }
        if named == nil, case .scalar(let text, _) = field.node.value, text.contains("%") {
            return nextHopWithZone(field, weight: weight, ports)
        }
        guard let address = address(field) else { return nil }
        if let named {
            return nextHop(address, on: named, field, weight: weight, ports)
        }
        guard address.ipv6?.isLinkLocal != true else {
            report(
                field,
                "\(address) is link-local, so that its interface is needed: write \(address)%INTERFACE, or "
                    + "{address: \(address), interface: NAME}")
            return nil
        }
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

    /// `fe80::9%lan`: the interface behind the address (RFC 4007, 11).
    private mutating func nextHopWithZone(
        _ field: Field, weight: Int, _ ports: DecodedPorts
    ) -> Configuration.WeightedNextHop? {
        let expected = "a next hop such as 2001:db8::9, or fe80::9%lan on an interface's link"
        guard let text = scalar(field, expected: expected) else { return nil }
        let parts = text.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let address = IPAddress(parts[0]), !address.isIPv4 else {
            reportFound(field, expected: expected)
            return nil
        }
        guard let interface = ports.index(named: parts[1]) else {
            report(
                field,
                "\(parts[1].quoted) is no port or interface; \(ports.hint(for: parts[1]))")
            return nil
        }
        return nextHop(address, on: interface, field, weight: weight, ports)
    }

    /// A next hop on an interface that the file names: one on its link, or on a network of it.
    private mutating func nextHop(
        _ address: IPAddress, on interface: Int, _ field: Field, weight: Int, _ ports: DecodedPorts
    ) -> Configuration.WeightedNextHop? {
        if address.ipv6?.isLinkLocal == true {
            guard isOnLink(address, at: field, ports, of: interface) else { return nil }
        } else {
            let holder = ports.networks.holder(of: address)?.interface
            guard holder == interface else {
                if !ports.networksAreUncertain {
                    report(field, "\(address) is on no network of \(ports.title(interface))")
                }
                return nil
            }
            guard isForeignHost(address, at: field, ports) else { return nil }
        }
        return Configuration.WeightedNextHop(
            address: address, weight: weight, interface: interface, isOnNamedInterface: true)
    }
}

extension IPPrefix {
    /// Why packets to it are never routed; nil where they may be.
    public var problemOfScope: String? {
        guard let first = address.ipv6 else { return nil }
        if first.isMappedIPv4, length >= 96 {
            return "\(self) stands for IPv4: write it as a prefix of IPv4"
        }
        if first.isLinkLocal, length >= 10 { return "\(self) is link-local, and never routed" }
        return first.isMulticast && length >= 8 ? "\(self) is multicast, which is not routed" : nil
    }
}
