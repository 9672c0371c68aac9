// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// Draws destinations that a configuration forwards: each route that leads to neighbours whose MAC
/// addresses are known is as likely as another.
struct Destinations {
    private let candidates: [IPPrefix]
    private let table: Table

    /// Nil when the configuration forwards to nobody.
    init?(_ configuration: Configuration) {
        let known = Set(
            configuration.neighbours.map { Host(interface: $0.interface, address: $0.address) })
        var table = Table()
        var routes: [IPPrefix] = []
        for route in configuration.routes {
            var isForwarded = false
            if case .via(let hops) = route.target {
                isForwarded = hops.allSatisfy { hop in
                    // Where routes lead to a next hop is not looked into.
                    hop.interface.map {
                        known.contains(Host(interface: $0, address: hop.address))
                    } ?? false
                }
            }
            table.note(route.to, isForwarded)
            if isForwarded { routes.append(route.to) }
        }
        // As in the forwarding table: what an interface has of its own wins over routes.
        let addresses = configuration.ownAddresses
        for address in addresses { table.note(address.network, false) }
        let networks = Set(addresses.map(\.network))
        var neighbours: [IPPrefix] = []
        for neighbour in configuration.neighbours {
            let host = IPPrefix.host(neighbour.address)
            guard let holder = table.longest(neighbour.address), networks.contains(holder) else {
                continue
            }
            table.note(host, true)
            neighbours.append(host)
        }
        for address in addresses {
            table.note(IPPrefix.host(address.address), false)
            if address.address.isIPv4, !address.isPointToPoint {
                table.note(IPPrefix.host(address.network.lastAddress), false)
            }
        }
        // A default route stands for all that no other route holds.
        let specific = routes.filter { $0.length > 0 }
        candidates = !specific.isEmpty ? specific : !routes.isEmpty ? routes : neighbours
        self.table = table
        if candidates.isEmpty { return nil }
    }

    /// Hosts on a network, of which the configuration says nothing.
    init(hosts: [IPAddress]) {
        var table = Table()
        candidates = hosts.map { IPPrefix.host($0) }
        for candidate in candidates { table.note(candidate, true) }
        self.table = table
    }

    private struct Host: Hashable {
        let interface: Int
        let address: IPAddress
    }

    /// Nil when no address was found in many tries, because longer prefixes hold them all.
    func draw(_ numbers: inout SeededNumbers) -> IPAddress? {
        for _ in 0..<1_000 {
            let word = numbers.next()
            let prefix = candidates[Int(word >> 32) % candidates.count]
            let address = prefix.address(IPAddress(high: numbers.next(), low: word))
            if address.isRoutable, isForwarded(address) { return address }
        }
        return nil
    }

    /// By the longest prefix.
    func isForwarded(_ address: IPAddress) -> Bool {
        table.longest(address).flatMap { table.verdict(on: $0) } ?? false
    }

    /// Prefixes, and whether what they name is forwarded.
    private struct Table {
        private var verdicts: [IPPrefix: Bool] = [:]
        /// Of IPv4 and IPv6, the longest first.
        private var lengths: [Bool: [Int]] = [:]

        mutating func note(_ prefix: IPPrefix, _ isForwarded: Bool) {
            let known = lengths[prefix.isIPv4] ?? []
            if !known.contains(prefix.length) {
                lengths[prefix.isIPv4] = (known + [prefix.length]).sorted(by: >)
            }
            verdicts[prefix] = isForwarded
        }

        func verdict(on prefix: IPPrefix) -> Bool? { verdicts[prefix] }

        func longest(_ address: IPAddress) -> IPPrefix? {
            for length in lengths[address.isIPv4] ?? [] {
                let prefix = IPPrefix(containing: address, length: length)
                if verdict(on: prefix) != nil { return prefix }
            }
            return nil
        }
    }
}

extension IPPrefix {
    static func host(_ address: IPAddress) -> IPPrefix {
        IPPrefix(containing: address, length: address.width)
    }

    /// An address in it, with the bits beyond its length out of others.
    func address(_ bits: IPAddress) -> IPAddress {
        let last = lastAddress
        return IPAddress(
            high: address.high | bits.high & (address.high ^ last.high),
            low: address.low | bits.low & (address.low ^ last.low))
    }
}
