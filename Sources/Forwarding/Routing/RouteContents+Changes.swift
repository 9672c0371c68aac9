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
            _ configuration: Configuration, _ networks: InterfaceNetworks, _ numbers: [UInt16]
        ) {
            nextHops = NextHopRules(configuration, networks, numbers)
            capacity = configuration.memory.routes
            path = configuration.path
        }
    }

    /// Makes all changes, one after the other; the caller takes them back when there are problems.
    mutating func apply(_ changes: inout RouteChanges, _ rules: Rules) -> (Change, ChangeCount) {
        var change = Change()
        var count = ChangeCount()
        let numbers = use(changes.targets, rules.nextHops)
        defer { for case .number(let number) in numbers { registry.drop(number) } }
        // Asked once for each target; not before somebody names it.
        var misplaced = [String??](repeating: nil, count: changes.targets.count)
        for item in changes.items {
            let all = routes(item.prefix)
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
                        != changes.targets[Int(item.target)].meaning(rules.nextHops)
                {
                    changes.report(
                        "\(name) has another target than the one to delete", of: item)
                    continue
                }
                set(item.prefix, to: all.filter { $0.metric != present.metric }, &change)
                count.deleted += 1
                continue
            }
            let target = Int(item.target)
            if misplaced[target] == nil {
                misplaced[target] = .some(rules.nextHops.problem(with: changes.targets[target]))
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
            if isNetwork(item.prefix) || item.prefix.problemOfScope != nil,
                let problem = rules.nextHops.problem(with: item.prefix)
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
            set(item.prefix, to: all.isEmpty ? [route] : all.replacing(route), &change)
            if present == nil { count.added += 1 } else { count.replaced += 1 }
        }
        reportUnreached(&changes, rules.nextHops)
        return (change, count)
    }

    /// Next hops that neither a network nor a route leads to once all changes are made.
    private func reportUnreached(_ changes: inout RouteChanges, _ rules: NextHopRules) {
        let problems = changes.targets.map { target -> String? in
            guard rules.problem(with: target) == nil, let hosts = target.meaning(rules)?.hosts
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
        _ targets: [RouteChanges.Target], _ rules: NextHopRules
    ) -> [Given] {
        targets.map { target in
            // What has no meaning has a problem.
            target.meaning(rules).flatMap { registry.use($0) }.map(Given.number) ?? .none
        }
    }
}

extension NextHopRules {
    fileprivate func problem(with target: RouteChanges.Target) -> String? {
        switch target {
        case .drop: return nil
        case .interface(let name):
            return number(ofInterface: name) == nil ? noInterface(name) : nil
        case .via(let hops):
            return hops.lazy.compactMap { hop in
                if let name = hop.interface, hop.needsInterface(self),
                    self.number(ofInterface: name) == nil
                {
                    return self.noInterface(name)
                }
                return self.problem(with: hop.host(self))
            }.first
        }
    }

    private func noInterface(_ name: String) -> String {
        "\(name.prefix(64)) is no port or interface"
    }
}

extension RouteChanges.Target {
    /// - Parameter rules: know the numbers of interfaces.
    func meaning(_ rules: NextHopRules) -> NextHopRegistry.Meaning? {
        switch self {
        case .drop(let action): return .drop(action.reason)
        case .interface(let name):
            return rules.number(ofInterface: name).map { .link(interface: $0) }
        case .via(let hops) where hops.count == 1: return .host(hops[0].host(rules))
        case .via(let hops):
            return .group(hops.map { .init(host: $0.host(rules), weight: $0.weight) })
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
    /// Whether where it is does not follow from its address.
    fileprivate func needsInterface(_ rules: NextHopRules) -> Bool {
        address.ipv6?.isLinkLocal == true || isOnLink && !rules.isOnNetwork(address)
    }

    func host(_ rules: NextHopRules) -> NextHopRegistry.Host {
        NextHopRegistry.Host(
            address: address,
            interface: needsInterface(rules)
                ? interface.flatMap(rules.number(ofInterface:)) : nil)
    }
}
