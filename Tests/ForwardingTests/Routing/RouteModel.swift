// SPDX-License-Identifier: Apache-2.0

import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport

@testable import Forwarding

/// What becomes of an address, decided anew for each from plain lists, in the words of RFC 1812: the longest
/// prefix among routes and networks; on a network the neighbour; and the ports' own addresses before all.
struct RouteModel {
    var configuration: Configuration
    /// Texts of targets by prefix, as a request names them.
    var routesOfAPI: [IPPrefix: String] = [:]

    func outcome(_ address: IPAddress) -> String {
        let own = configuration.ports.flatMap(\.addresses)
        if own.contains(where: { $0.address == address }) { return "local" }
        // All routers of an IPv6 network have its first address (RFC 4291, 2.6.1), and what is for a link or a group comes
        // to the table only where it is for us.
        let isAnycast = own.contains {
            !$0.address.isIPv4 && $0.prefixLength <= 126 && $0.network.address == address
        }
        if isAnycast { return "local" }
        let networks = own.map(\.network).filter { $0.contains(address) }
        let isBroadcast = own.contains {
            $0.address.isIPv4 && $0.prefixLength <= 30 && $0.network.lastAddress == address
        }
        var best: (length: Int, text: String)?
        for route in configuration.routes where route.to.contains(address) {
            if route.to.length > best?.length ?? -1 {
                best = (route.to.length, Self.text(route.target))
            }
        }
        for (prefix, text) in routesOfAPI where prefix.contains(address) {
            if prefix.length > best?.length ?? -1 { best = (prefix.length, text) }
        }
        let isRouted = best.map { $0.length > networks.map(\.length).max() ?? -1 } ?? false
        if isBroadcast { return "broadcast" }
        let isOfScope = address.ipv6?.isLinkLocal == true || address.ipv6?.isMulticast == true
        if isOfScope, own.contains(where: { !$0.address.isIPv4 }) {
            return "local"
        }
        if isRouted { return best?.text ?? "none" }
        guard let network = networks.max(by: { $0.length < $1.length }) else { return "none" }
        if configuration.neighbours.contains(where: { $0.address == address }) {
            return "via \(address)"
        }
        let port = configuration.ports.firstIndex { port in
            port.addresses.contains { $0.network == network }
        }
        return "connected \(port ?? -1)"
    }

    /// Whether each next hop of a target is on a network, or where other routes than the default lead to one that is.
    func reaches(_ target: String) -> Bool {
        Self.hops(target).allSatisfy { reaches($0, []) }
    }

    /// Takes the API's routes away to whose next hops nothing leads, until that is true of none.
    mutating func withdrawUnreached() {
        while true {
            let kept = routesOfAPI.filter { reaches($1) }
            if kept.count == routesOfAPI.count { return }
            routesOfAPI = kept
        }
    }

    private func reaches(_ hop: IPAddress, _ path: Set<IPAddress>) -> Bool {
        let own = configuration.ports.flatMap(\.addresses)
        if own.contains(where: { $0.network.contains(hop) }) { return true }
        let routes =
            configuration.routes.map { ($0.to, Self.text($0.target)) }
            + routesOfAPI.map { ($0.key, $0.value) }
        let best = routes.filter { $0.0.length > 0 && $0.0.contains(hop) }
            .max { $0.0.length < $1.0.length }
        guard let best, !path.contains(hop) else { return false }
        let hops = Self.hops(best.1)
        return hops.isEmpty || hops.contains { reaches($0, path.union([hop])) }
    }

    private static func hops(_ target: String) -> [IPAddress] {
        target.split(separator: " ").compactMap { IPAddress($0) }
    }

    static func text(_ target: Configuration.Route.Target) -> String {
        switch target {
        case .drop(let action): action.rawValue
        case .interface(let index): "link \(index)"
        case .table(let vrf): "table \(vrf)"
        case .via(let hops) where hops.count == 1: "via \(hops[0].address)"
        case .via(let hops):
            hops.map { "nexthop via \($0.address) weight \($0.weight)" }.joined(separator: " ")
        }
    }
}

/// The engine, with its two instances of the table, in the same words.
struct RouteEngine {
    var contents = RouteContents()
    var pair: FIBPair<FIBInstance>
    var ipv6Pair: FIBPair<TrieInstance>
    var configuration: Configuration

    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        _ = try contents.set(configuration, numbers: Self.indices(configuration))
        pair = try FIBPair<FIBInstance>(
            Plan.ForwardingTable(configuration), contents.ipv4.entries, numaNode: nil)
        ipv6Pair = try FIBPair<TrieInstance>(
            Plan.TrieTable(configuration), contents.ipv6.entries, numaNode: nil)
    }

    static func indices(_ configuration: Configuration) -> [UInt16] {
        configuration.ports.indices.map { UInt16($0) }
    }

    /// As the forwarder does, but for the workers.
    mutating func apply(_ changes: RouteChanges) throws -> RouteChanges {
        var changes = changes
        let (change, _) = contents.apply(
            &changes,
            RouteContents.Rules(
                configuration, configuration.networks, Self.indices(configuration)))
        guard changes.problems.isEmpty else {
            contents.revert(change)
            return changes
        }
        do {
            try swap(change)
        } catch {
            contents.revert(change)
            throw error
        }
        contents.registry.collect()
        catchUp()
        return changes
    }

    mutating func reload(_ new: Configuration) throws -> RouteContents.Withdrawn {
        let (change, withdrawn) = try contents.set(new, numbers: Self.indices(new))
        contents.registry.collect()
        try swap(change)
        catchUp()
        configuration = new
        return withdrawn
    }

    private mutating func swap(_ change: RouteContents.Change) throws {
        if !change[0].ipv4.steps.isEmpty { try pair.swap(change[0].ipv4.steps) }
        if !change[0].ipv6.steps.isEmpty { try ipv6Pair.swap(change[0].ipv6.steps) }
    }

    mutating func free() {
        pair.free()
        ipv6Pair.free()
    }

    private mutating func catchUp() {
        pair.catchUp()
        ipv6Pair.catchUp()
    }

    /// By the instances that workers read, or may read.
    func outcomes(_ address: IPAddress) -> [String] {
        let numbers: [UInt16?] =
            address.ipv6.map { [ipv6Pair.live.lookUp($0), ipv6Pair.spare?.lookUp($0)] }
            ?? [
                pair.live.lookUp(PrefixKey.bits(of: address)),
                pair.spare?.lookUp(PrefixKey.bits(of: address)),
            ]
        return numbers.compactMap { $0.map(outcome) }
    }

    func outcome(_ address: IPAddress, in fib: FIB) -> String {
        outcome(fib.lookUp(PrefixKey.bits(of: address)))
    }

    private func outcome(_ number: UInt16) -> String {
        guard number != 0 else { return "none" }
        switch contents.registry[number] {
        case nil: return "entry \(number), which nobody gave"
        case .drop(.localNotHandled): return "local"
        case .drop(.directedBroadcast): return "broadcast"
        case .drop(let reason): return "\(reason)"
        case .connected(let interface): return "connected \(interface)"
        case .link(let interface): return "link \(interface)"
        case .table(let vrf): return "table \(vrf)"
        case .ranked(let ranks): return ranks.map { outcome($0.entry) }.joined(separator: " else ")
        case .host(let host): return "via \(host.address)"
        case .group(let members):
            return members.map { "nexthop via \($0.host.address) weight \($0.weight)" }
                .joined(separator: " ")
        }
    }
}
