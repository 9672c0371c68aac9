// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// Where next hops are: on a network of an interface, or where the routes lead (RFC 4271, 5.1.3, calls such a route
/// recursive).
extension RouteContents {
    enum Place: Equatable {
        /// Behind the interface with the number.
        case interface(UInt16)
        /// Where the entry with the number leads.
        case through(UInt16)
        /// Nowhere: no route leads there.
        case none
    }

    /// - Parameter rules: know the networks.
    func place(of host: NextHopRegistry.Host, _ rules: NextHopRules) -> Place {
        if let interface = rules.interface(of: host) { return .interface(interface) }
        // The default route leads everywhere, and so says nothing of a next hop.
        guard let match = longest(following: host), match.prefix.length > 0 else { return .none }
        switch registry[match.number] {
        case .connected(let interface), .link(let interface): return .interface(interface)
        case .host(host): return .none
        default: return .through(match.number)
        }
    }

    /// Why a host, which no interface reaches, can be no next hop as the routes are; nil when it can.
    func problem(withRemote host: NextHopRegistry.Host, _ rules: NextHopRules) -> String? {
        guard rules.interface(of: host) == nil else { return nil }
        var path: [NextHopRegistry.Host] = []
        return problem(with: host, rules, &path)
    }

    private func problem(
        with host: NextHopRegistry.Host, _ rules: NextHopRules,
        _ path: inout [NextHopRegistry.Host]
    ) -> String? {
        if path.contains(host) {
            let first = path.first ?? host
            let prefix = longest(following: first).map { "\($0.prefix)" } ?? "no prefix"
            return
                "\(first.address) is reached through \(prefix), whose next hops lead back to \(host.address)"
        }
        path.append(host)
        defer { path.removeLast() }
        switch place(of: host, rules) {
        case .interface: return nil
        case .none:
            if let match = longest(following: host), match.prefix.length > 0 {
                return
                    "\(host.address) would be reached through \(match.prefix), whose next hop it is"
            }
            return rules.problemOfRemote(host)
        case .through(let number):
            let hosts = self.hosts(of: number)
            // It is enough that one of them is reached.
            let problems = hosts.map { problem(with: $0, rules, &path) }
            return problems.contains(nil) ? nil : problems.first ?? nil
        }
    }

    /// The longest prefix that a host is in, in its VRF or in one that this leads to.
    private func longest(following host: NextHopRegistry.Host) -> Match? {
        var vrf = host.vrf
        for _ in 0..<8 {
            guard let match = longest(of: host.address, in: vrf) else { return nil }
            guard case .table(let next) = registry[match.number], match.prefix.length > 0 else {
                return match
            }
            vrf = next
        }
        return nil
    }

    /// The next hops of an entry.
    func hosts(of number: UInt16) -> [NextHopRegistry.Host] {
        if case .ranked(let ranks) = registry[number] {
            return ranks.flatMap { hosts(of: $0.entry) }
        }
        return registry[number]?.hosts ?? []
    }
}
