// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// Prefixes may have several routes, each with a metric of its own.
private struct RouteName: Hashable {
    let prefix: IPPrefix
    let metric: UInt32
    let vrf: String
}

extension ConfigurationDecoder {
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
        var firstLines: [RouteName: Int] = [:]
        firstLines.reserveCapacity(items.count)
        func resolved(_ vrf: String) -> Set<IPAddress>? {
            asksForMACs
                ? nil : Set(neighbours.filter { ports.vrf($0.interface) == vrf }.map(\.address))
        }
        var nextHops: [String: DecodedNextHops] = [:]
        for item in items {
            guard let fields = fields(item, Keys.Route.self) else { continue }
            var vrf = Configuration.VRF.main
            if let field = fields[.vrf] {
                guard let name = knownVRF(field) else { continue }
                vrf = name
            }
            let prefix = required(.to, in: fields).flatMap { self.prefix($0, ports, in: vrf) }
            let target = decodeTarget(
                fields, ports, isIPv4: prefix?.isIPv4,
                &nextHops[vrf, default: DecodedNextHops(vrf: vrf, resolved: resolved(vrf))])
            let metric = fields[.metric].map {
                integer($0, in: Configuration.Route.metricRange, of: "a metric")
            }
            let track: Configuration.Route.Track? =
                fields[.track].map { choice($0) } ?? .link
            guard let prefix, let metric = metric ?? 0, let track else { continue }
            let name = RouteName(prefix: prefix, metric: UInt32(metric), vrf: vrf)
            if let first = firstLines[name] {
                report(
                    item.node.location, item.path.appending(Keys.Route.to.rawValue),
                    metric == 0
                        ? "\(prefix) has a route already, at line \(first); another one needs a metric"
                        : "\(prefix) has a route with metric \(metric) already, at line \(first)")
                continue
            }
            firstLines[name] = item.node.location.line
            guard let target else { continue }
            result.append(
                Configuration.Route(
                    to: prefix, target: target, metric: name.metric, track: track, vrf: vrf,
                    origin: Origin(item.node.location)))
        }
        for (vrf, nextHops) in nextHops.sorted(by: { $0.key < $1.key }) {
            checkRemote(nextHops, result, ports, in: vrf)
        }
        let groupCount = nextHops.values.reduce(0) { $0 + $1.groups.count }
        if groupCount > Configuration.Route.maximumGroupCount {
            report(
                field,
                "found \(groupCount) different sets of next hops, expected at most"
                    + " \(Configuration.Route.maximumGroupCount)")
        }
        return result
    }

    /// `default` is 0.0.0.0/0, as in `ip route`; that of IPv6 is ::/0.
    private mutating func prefix(
        _ field: Field, _ ports: DecodedPorts, in vrf: String
    ) -> IPPrefix? {
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
        if let holder = ports.networks[vrf].holder(ofNetwork: prefix) {
            report(
                field,
                "\(prefix) is \(ports.title(holder.interface))'s own network, whose hosts are neighbours of it"
            )
            return nil
        }
        return prefix
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
