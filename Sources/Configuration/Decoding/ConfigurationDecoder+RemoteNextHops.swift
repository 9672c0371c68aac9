// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Next hops that are on no interface's network: other routes of the file must lead to them, and not in a circle.
extension ConfigurationDecoder {
    mutating func checkRemote(
        _ nextHops: DecodedNextHops, _ routes: [Configuration.Route], _ ports: DecodedPorts,
        in vrf: String
    ) {
        // The routes may be many, and most files have no such next hop.
        guard !nextHops.remote.isEmpty else { return }
        let ways = RemoteWays(routes.filter { $0.vrf == vrf })
        let fields = nextHops.remote.sorted { $0.value.node.location < $1.value.node.location }
        for (address, field) in fields {
            switch ways.end(of: address) {
            case .reached: break
            case .unreached(let other):
                let name =
                    other == address
                    ? "\(address)" : "\(address) is reached through \(other), which"
                report(
                    field,
                    "\(name) is on no interface's network, and no route but the default leads to it; \(ports.networkList(vrf))"
                )
            case .circle(let prefixes):
                let list = prefixes.map { "\($0)" }.joined(separator: ", then ")
                report(
                    field,
                    "\(address) is reached through \(list), whose next hops lead back to it: give one of these routes a next hop on a network"
                )
            }
        }
    }
}

/// Where routes lead to next hops.
private struct RemoteWays {
    enum End {
        case reached
        /// No route leads to the address.
        case unreached(IPAddress)
        /// The prefixes by which the way comes back to where it was.
        case circle([IPPrefix])
    }

    /// But for default routes, which lead everywhere and so say nothing.
    private let targets: [IPPrefix: [Configuration.Route.Target]]

    init(_ routes: [Configuration.Route]) {
        targets = Dictionary(
            grouping: routes.filter { $0.to.length > 0 }, by: \.to
        ).mapValues { $0.sorted { $0.metric < $1.metric }.map(\.target) }
    }

    func end(of address: IPAddress) -> End {
        var path: [(IPAddress, IPPrefix)] = []
        return end(of: address, &path)
    }

    /// The best of several next hops says how it ends.
    private func end(of address: IPAddress, _ path: inout [(IPAddress, IPPrefix)]) -> End {
        let lengths = (1...address.width).reversed()
        guard
            let prefix = lengths.lazy.map({ IPPrefix(containing: address, length: $0) })
                .first(where: { targets[$0] != nil })
        else { return .unreached(address) }
        if let start = path.firstIndex(where: { $0.0 == address }) {
            return .circle(path[start...].map(\.1))
        }
        path.append((address, prefix))
        defer { path.removeLast() }
        var worst: End?
        for target in targets[prefix] ?? [] {
            guard case .via(let hops) = target else { return .reached }
            for hop in hops {
                guard hop.interface == nil else { return .reached }
                let end = end(of: hop.address, &path)
                if case .reached = end { return end }
                worst = worst ?? end
            }
        }
        return worst ?? .reached
    }
}
