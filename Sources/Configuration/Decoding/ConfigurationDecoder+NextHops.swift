// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What is known about the next hops so far: a million routes share a handful.
struct DecodedNextHops {
    /// That of the routes.
    let vrf: String
    /// Each good next hop by its text, with weight 1.
    var known: [String: Configuration.WeightedNextHop] = [:]
    var groups: Set<[Configuration.WeightedNextHop]> = []
    /// Those for which a packet can be addressed; nil where the MACs of others are asked for.
    var resolved: Set<IPAddress>?
    /// Those on no network, each where it is first named: other routes must lead there.
    var remote: [IPAddress: Field] = [:]

    init(vrf: String, resolved: Set<IPAddress>?) {
        self.vrf = vrf
        self.resolved = resolved
    }
}

extension ConfigurationDecoder {
    /// Where packets go: `via` or `action`.
    mutating func decodeTarget(
        _ fields: Fields<Keys.Route>, _ ports: DecodedPorts, isIPv4: Bool?,
        _ nextHops: inout DecodedNextHops
    ) -> Configuration.Route.Target? {
        switch (fields[.via], fields[.action]) {
        case (nil, nil):
            report(
                fields.location, fields.path,
                "has neither \"via\" (a next hop) nor \"action\" (blackhole, unreachable or prohibit)"
            )
            return nil
        case (let via?, nil):
            if case .mapping = via.node.value {
                return decodeWay(via, ports, isIPv4: isIPv4, &nextHops)
            }
            guard let hops = decodeNextHops(via, ports, &nextHops) else { return nil }
            return decodeTarget(hops, via, isIPv4: isIPv4, &nextHops)
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

    private mutating func decodeTarget(
        _ hops: [Configuration.WeightedNextHop], _ via: Field, isIPv4: Bool?,
        _ nextHops: inout DecodedNextHops
    ) -> Configuration.Route.Target? {
        if isIPv4 == false, let hop = hops.first(where: \.address.isIPv4) {
            report(
                via,
                "\(hop.address) is a next hop of IPv4, which cannot take packets of IPv6; give it one of IPv6"
            )
            return nil
        }
        nextHops.groups.insert(hops)
        return .via(hops)
    }

    /// `{address: …}`, or `{interface: …}` alone: the hosts that have the destinations are on its link.
    private mutating func decodeWay(
        _ field: Field, _ ports: DecodedPorts, isIPv4: Bool?, _ nextHops: inout DecodedNextHops
    ) -> Configuration.Route.Target? {
        guard let fields = fields(field, Keys.Way.self) else { return nil }
        guard fields[.address] == nil, fields[.vrf] != nil || fields[.interface] != nil else {
            if let vrf = fields[.vrf] {
                report(vrf, "goes without an address: packets are looked up there")
                return nil
            }
            return weightedNextHop(field, ports, &nextHops).flatMap {
                decodeTarget([$0], field, isIPv4: isIPv4, &nextHops)
            }
        }
        for key in [Keys.Way.weight, .onlink] + (fields[.vrf] == nil ? [] : [.interface]) {
            guard let other = fields[key] else { continue }
            report(
                other,
                fields[.vrf] == nil
                    ? "goes with an address; an interface alone has none"
                    : "cannot stand beside \"vrf\": packets are looked up there")
            return nil
        }
        if let field = fields[.vrf] {
            guard let vrf = knownVRF(field) else { return nil }
            guard vrf != nextHops.vrf else {
                report(field, "the route is in VRF \(vrf) itself")
                return nil
            }
            return .table(vrf)
        }
        guard let name = fields[.interface] else { return nil }
        guard let interface = interfaceIndex(name, ports) else { return nil }
        guard let isIPv4, !ports.canAsk(interface, isIPv4: isIPv4), !ports.networksAreUncertain
        else { return .interface(interface) }
        report(
            name,
            "\(ports.title(interface)) has no address of \(isIPv4 ? "IPv4" : "IPv6"), so that nobody there can be asked for a MAC"
        )
        return nil
    }

    private mutating func decodeNextHops(
        _ field: Field, _ ports: DecodedPorts, _ nextHops: inout DecodedNextHops
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
        _ item: Field, _ ports: DecodedPorts, _ nextHops: inout DecodedNextHops
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
        var onLink = Configuration.Flag.off
        if let field = fields[.onlink] {
            guard let flag: Configuration.Flag = choice(field) else { return nil }
            onLink = flag
            guard onLink == .off || interface != nil else {
                report(field, "needs the interface behind which the next hop is")
                return nil
            }
        }
        guard let address, let weight else { return nil }
        if onLink == .on, let interface {
            return nextHopOffNetwork(
                address, on: interface, weight: weight, ports, in: nextHops.vrf)
        }
        return nextHop(address, on: interface, weight: weight, ports, &nextHops)
    }

    /// A next hop that is another host on an interface's network, or on its link.
    /// - Parameter named: the interface, where a key beside the address names it.
    private mutating func nextHop(
        _ field: Field, on named: Int? = nil, weight: Int, _ ports: DecodedPorts,
        _ nextHops: inout DecodedNextHops
    ) -> Configuration.WeightedNextHop? {
        if named == nil, case .scalar(let text, _) = field.node.value,
            var hop = nextHops.known[text]
        {
            hop.weight = weight
            return hop
        }
        if named == nil, case .scalar(let text, _) = field.node.value, text.contains("%") {
            return nextHopWithZone(field, weight: weight, ports, in: nextHops.vrf)
        }
        guard let address = address(field) else { return nil }
        if let named {
            return nextHop(address, on: named, field, weight: weight, ports, in: nextHops.vrf)
        }
        guard address.ipv6?.isLinkLocal != true else {
            report(
                field,
                "\(address) is link-local, so that its interface is needed: write \(address)%INTERFACE, or "
                    + "{address: \(address), interface: NAME}")
            return nil
        }
        guard let interface = ports.networks[nextHops.vrf].holder(of: address)?.interface else {
            guard !ports.networksAreUncertain else { return nil }
            nextHops.remote[address] = nextHops.remote[address] ?? field
            return Configuration.WeightedNextHop(
                address: address, weight: weight, interface: nil)
        }
        guard isForeignHost(address, at: field, ports, in: nextHops.vrf) else { return nil }
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
        _ field: Field, weight: Int, _ ports: DecodedPorts, in vrf: String
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
        return nextHop(address, on: interface, field, weight: weight, ports, in: vrf)
    }

    /// A next hop behind an interface that is on no network of it, but on its link all the same.
    private mutating func nextHopOffNetwork(
        _ field: Field, on interface: Int, weight: Int, _ ports: DecodedPorts, in vrf: String
    ) -> Configuration.WeightedNextHop? {
        let networks = ports.networks[ports.vrf(interface)]
        guard let address = address(field) else { return nil }
        if address.ipv6?.isLinkLocal == true
            || networks.holder(of: address)?.interface == interface
        {
            return nextHop(address, on: interface, field, weight: weight, ports, in: vrf)
        }
        if let owner = networks.owner(of: address) {
            report(field, "\(address) is \(ports.title(owner))'s own address")
            return nil
        }
        guard ports.canAsk(interface, isIPv4: address.isIPv4) || ports.networksAreUncertain else {
            report(
                field,
                "\(ports.title(interface)) has no address of \(address.isIPv4 ? "IPv4" : "IPv6") from which \(address) could be asked for its MAC"
            )
            return nil
        }
        return Configuration.WeightedNextHop(
            address: address, weight: weight, interface: interface, isOnNamedInterface: true,
            isOnLink: true)
    }

    /// A next hop on an interface that the file names: one on its link, or on a network of it.
    private mutating func nextHop(
        _ address: IPAddress, on interface: Int, _ field: Field, weight: Int,
        _ ports: DecodedPorts, in vrf: String
    ) -> Configuration.WeightedNextHop? {
        let ownVRF = ports.vrf(interface)
        if address.ipv6?.isLinkLocal == true {
            guard isOnLink(address, at: field, ports, of: interface) else { return nil }
        } else {
            let holder = ports.networks[ownVRF].holder(of: address)?.interface
            guard holder == interface else {
                if !ports.networksAreUncertain {
                    report(
                        field,
                        "\(address) is on no network of \(ports.title(interface)); if it is on its link all the same, say onlink: true"
                    )
                }
                return nil
            }
            guard isForeignHost(address, at: field, ports, in: ownVRF) else { return nil }
        }
        return Configuration.WeightedNextHop(
            address: address, weight: weight, interface: interface, isOnNamedInterface: true,
            isLeak: ownVRF != vrf)
    }
}
