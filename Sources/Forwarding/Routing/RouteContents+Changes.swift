// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

extension RouteContents {
    package struct ChangeCount: Equatable, Sendable {
        package var added = 0
        package var replaced = 0
        package var deleted = 0
    }

    /// What stands in the way of changes: what the configuration says, and what the table may hold.
    struct Rules {
        let nextHops: NextHopRules
        /// The most routes, with those of the configuration.
        let capacity: Int
        let path: String

        init(
            _ configuration: Configuration, _ networks: VRFNetworks, _ numbers: [UInt16],
            _ vrfs: VRFNumbers? = nil
        ) {
            nextHops = NextHopRules(configuration, networks, numbers, vrfs)
            capacity = configuration.memory.routes
            path = configuration.path
        }
    }

    /// Makes all changes, one after the other; the caller takes them back when there are problems.
    mutating func apply(_ changes: inout RouteChanges, _ rules: Rules) -> (Change, ChangeCount) {
        var change = Change()
        var count = ChangeCount()
        let vrfs = changes.vrfs.map(rules.nextHops.number(ofVRF:))
        let numbers = use(changes, rules.nextHops)
        defer { for case .number(let number) in numbers { registry.drop(number) } }
        // Asked once for each target; not before somebody names it.
        var misplaced = [String??](repeating: nil, count: changes.targets.count)
        for item in changes.items {
            guard let vrf = vrfs[item.vrf] else {
                changes.report(
                    "no interface belongs to VRF \(changes.vrfs[item.vrf].prefix(64))", of: item)
                continue
            }
            let all = routes(item.prefix, in: vrf)
            let preference = item.preference
            // A deletion without a metric means the first, as in Linux.
            let present =
                item.action == .delete && preference.metric == nil
                ? all.first(where: \.isOfAPI) ?? all.first
                : all.first { $0.metric == preference.metric ?? 0 }
            let name =
                preference.metric.map { "\(item.prefix) metric \($0)" } ?? "\(item.prefix)"
            if let present, !present.isOfAPI {
                let line = present.line == 0 ? "" : ":\(present.line)"
                changes.report(
                    "\(name) is a route of the configuration (\(rules.path)\(line)), which "
                        + "the API cannot change", of: item)
                continue
            }
            if item.action == .delete {
                guard let present else {
                    changes.report("\(name) has no route to delete", of: item)
                    continue
                }
                if item.target >= 0,
                    registry[present.number]
                        != changes.targets[Int(item.target)].meaning(rules.nextHops, in: vrf)
                {
                    changes.report(
                        "\(name) has another target than the one to delete", of: item)
                    continue
                }
                set(
                    item.prefix, in: vrf, to: all.filter { $0.metric != present.metric }, &change)
                count.deleted += 1
                continue
            }
            let target = Int(item.target)
            if misplaced[target] == nil {
                misplaced[target] = .some(
                    rules.nextHops.problem(with: changes.targets[target], in: vrf))
            }
            if let problem = (misplaced[target] ?? nil)
                ?? changes.targets[target].problem(for: item.prefix)
            {
                changes.report(problem, of: item)
                continue
            }
            if present != nil, item.action == .add {
                changes.report(
                    "\(name) has a route already; replace changes it", of: item)
                continue
            }
            if isNetwork(item.prefix, in: vrf) || item.prefix.problemOfScope != nil,
                let problem = rules.nextHops.problem(with: item.prefix, in: vrf)
            {
                changes.report(problem, of: item)
                continue
            }
            guard case .number(let number) = numbers[target] else {
                changes.report(FIBFailure.tooManyNextHops.obstacle, of: item)
                continue
            }
            guard present != nil || routeCount < rules.capacity else {
                changes.report(
                    "there is no room for more than \(rules.capacity) routes; set memory.routes "
                        + "higher, and reload", of: item)
                break
            }
            let route = Route(
                number: number, isOfAPI: true, tracksNeighbours: preference.tracksNeighbours,
                metric: preference.metric ?? 0)
            set(
                item.prefix, in: vrf, to: all.isEmpty ? [route] : all.replacing(route), &change)
            if present == nil { count.added += 1 } else { count.replaced += 1 }
        }
        reportUnreached(&changes, rules.nextHops)
        return (change, count)
    }

    /// Next hops that neither a network nor a route leads to once all changes are made.
    private func reportUnreached(_ changes: inout RouteChanges, _ rules: NextHopRules) {
        let problems = zip(changes.targets, changes.vrfsOfTargets).map { target, vrf -> String? in
            guard let vrf = rules.number(ofVRF: changes.vrfs[vrf]),
                rules.problem(with: target, in: vrf) == nil,
                let hosts = target.meaning(rules, in: vrf)?.hosts
            else { return nil }
            return hosts.lazy.compactMap { problem(withRemote: $0, rules) }.first
        }
        guard problems.contains(where: { $0 != nil }) else { return }
        for item in changes.items where item.action != .delete && item.target >= 0 {
            if let problem = problems[Int(item.target)] { changes.report(problem, of: item) }
        }
        changes.sortProblems()
    }

    private enum Given {
        case number(UInt16)
        case none
    }

    /// The targets' numbers, which are used until the changes are made.
    private mutating func use(
        _ changes: RouteChanges, _ rules: NextHopRules
    ) -> [Given] {
        zip(changes.targets, changes.vrfsOfTargets).map { target, vrf in
            // What has no meaning has a problem.
            rules.number(ofVRF: changes.vrfs[vrf]).flatMap { target.meaning(rules, in: $0) }
                .flatMap { registry.use($0) }.map(Given.number) ?? .none
        }
    }
}

extension NextHopRules {
    fileprivate func problem(with target: RouteChanges.Target, in vrf: UInt16) -> String? {
        switch target {
        case .drop: return nil
        case .table(let name):
            guard let number = number(ofVRF: name) else {
                return "no interface belongs to VRF \(name.prefix(64))"
            }
            return number == vrf ? "the route is in VRF \(name) itself" : nil
        case .interface(let name):
            return number(ofInterface: name) == nil ? noInterface(name) : nil
        case .via(let hops):
            return hops.lazy.compactMap { hop in
                if let name = hop.interface, hop.needsInterface(self, in: vrf),
                    self.number(ofInterface: name) == nil
                {
                    return self.noInterface(name)
                }
                return self.problem(with: hop.host(self, in: vrf))
            }.first
        }
    }

    private func noInterface(_ name: String) -> String {
        "\(name.prefix(64)) is no port or interface"
    }
}

extension RouteChanges.Target {
    /// - Parameter rules: know the numbers of interfaces.
    func meaning(_ rules: NextHopRules, in vrf: UInt16) -> NextHopRegistry.Meaning? {
        switch self {
        case .drop(let action): return .drop(action.reason)
        case .interface(let name):
            return rules.number(ofInterface: name).map { .link(interface: $0) }
        case .table(let name): return rules.number(ofVRF: name).map { .table(vrf: $0) }
        case .via(let hops) where hops.count == 1: return .host(hops[0].host(rules, in: vrf))
        case .via(let hops):
            return .group(hops.map { .init(host: $0.host(rules, in: vrf), weight: $0.weight) })
        }
    }

    /// Why packets to a prefix cannot go there, whatever interfaces there are.
    func problem(for prefix: IPPrefix) -> String? {
        guard !prefix.isIPv4, case .via(let hops) = self,
            let hop = hops.first(where: \.address.isIPv4)
        else { return nil }
        return "\(hop.address) is a next hop of IPv4, which cannot take packets of IPv6"
    }
}

extension RouteChanges.Hop {
    /// Whether where it is does not follow from its address: it is of a link, on no network, or in another VRF.
    fileprivate func needsInterface(_ rules: NextHopRules, in vrf: UInt16) -> Bool {
        if address.ipv6?.isLinkLocal == true { return true }
        if isOnLink, !rules.isOnNetwork(address, in: vrf) { return true }
        let other = interface.flatMap(rules.number(ofInterface:)).flatMap(rules.vrf(ofInterface:))
        return other != nil && other != vrf
    }

    func host(_ rules: NextHopRules, in vrf: UInt16) -> NextHopRegistry.Host {
        let number =
            needsInterface(rules, in: vrf) ? interface.flatMap(rules.number(ofInterface:)) : nil
        return NextHopRegistry.Host(
            address: address, interface: number, vrf: number == nil ? vrf : 0)
    }
}
