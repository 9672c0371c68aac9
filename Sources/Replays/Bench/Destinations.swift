// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// Draws destinations that a configuration forwards: each route that leads to neighbours whose MAC
/// addresses are known is as likely as another.
struct Destinations {
    private let candidates: [IPv4Prefix]
    private let table: Table

    /// Nil when the configuration forwards to nobody.
    init?(_ configuration: Configuration) {
        let known = Set(
            configuration.neighbours.map { Host(interface: $0.interface, address: $0.address) })
        var table = Table()
        var routes: [IPv4Prefix] = []
        for route in configuration.routes {
            var isForwarded = false
            if case .via(let hops) = route.target {
                isForwarded = hops.allSatisfy {
                    known.contains(Host(interface: $0.interface, address: $0.address))
                }
            }
            table.note(route.to, isForwarded)
            if isForwarded { routes.append(route.to) }
        }
        // As in the forwarding table: what an interface has of its own wins over routes.
        let addresses = configuration.ownAddresses
        for address in addresses { table.note(address.network, false) }
        let networks = Set(addresses.map(\.network))
        var neighbours: [IPv4Prefix] = []
        for neighbour in configuration.neighbours {
            let host = IPv4Prefix(containing: neighbour.address, length: 32)
            guard let holder = table.longest(neighbour.address), networks.contains(holder) else {
                continue
            }
            table.note(host, true)
            neighbours.append(host)
        }
        for address in addresses {
            table.note(IPv4Prefix(containing: address.address, length: 32), false)
            if address.prefixLength <= 30 {
                table.note(IPv4Prefix(containing: address.network.lastAddress, length: 32), false)
            }
        }
        // A default route stands for all that no other route holds.
        let specific = routes.filter { $0.length > 0 }
        candidates = !specific.isEmpty ? specific : !routes.isEmpty ? routes : neighbours
        self.table = table
        if candidates.isEmpty { return nil }
    }

    /// Hosts on a network, of which the configuration says nothing.
    init(hosts: [IPv4Address]) {
        var table = Table()
        candidates = hosts.map { IPv4Prefix(containing: $0, length: 32) }
        for candidate in candidates { table.note(candidate, true) }
        self.table = table
    }

    private struct Host: Hashable {
        let interface: Int
        let address: IPv4Address
    }

    /// Nil when no address was found in many tries, because longer prefixes hold them all.
    func draw(_ numbers: inout SeededNumbers) -> IPv4Address? {
        for _ in 0..<1_000 {
            let word = numbers.next()
            let prefix = candidates[Int(word >> 32) % candidates.count]
            let host = UInt32(truncatingIfNeeded: word) & ~IPv4Prefix.mask(prefix.length)
            let address = IPv4Address(rawValue: prefix.address.rawValue | host)
            if address.isRoutable, isForwarded(address) { return address }
        }
        return nil
    }

    /// By the longest prefix.
    func isForwarded(_ address: IPv4Address) -> Bool {
        table.longest(address).flatMap { table.verdict(on: $0) } ?? false
    }

    /// Prefixes, and whether what they name is forwarded.
    private struct Table {
        private var verdicts = [[UInt32: Bool]](repeating: [:], count: 33)
        /// The longest first.
        private var lengths: [Int] = []

        mutating func note(_ prefix: IPv4Prefix, _ isForwarded: Bool) {
            if verdicts[prefix.length].isEmpty {
                lengths = (lengths + [prefix.length]).sorted(by: >)
            }
            verdicts[prefix.length][prefix.address.rawValue] = isForwarded
        }

        func verdict(on prefix: IPv4Prefix) -> Bool? {
            verdicts[prefix.length][prefix.address.rawValue]
        }

        func longest(_ address: IPv4Address) -> IPv4Prefix? {
            for length in lengths {
                let prefix = IPv4Prefix(containing: address, length: length)
                if verdict(on: prefix) != nil { return prefix }
            }
            return nil
        }
    }
}
