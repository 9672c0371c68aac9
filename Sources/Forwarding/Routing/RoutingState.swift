// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The forwarding tables of a forwarder that routes: what is in them, and their two instances each. Control thread, which
/// has the forwarder's turn.
struct RoutingState {
    private(set) var contents: RouteContents
    private(set) var pair: FIBPair<FIBInstance>
    /// IPv6, and both families of other VRFs than the main one; nil until an interface has the one or belongs to one of the others.
    private(set) var ipv6Pair: FIBPair<TrieInstance>?
    private let numaNode: Int32?
    private(set) var nextHops: NextHopTable
    /// Whether the routes decide where a next hop is.
    private var hasRemoteHosts = false
    /// Of the configuration in force.
    private(set) var networks: VRFNetworks

    /// - Parameters:
    ///   - ports: in the order of the configuration.
    ///   - numaNode: where the table is wanted; nil without huge pages.
    init(
        _ configuration: Configuration, _ ports: [AttachedPort], _ numbers: InterfaceNumbers,
        _ sizes: TableSizes, numaNode: Int32?
    ) throws(FIBFailure) {
        self.numaNode = numaNode
        contents = RouteContents()
        networks = configuration.networks
        do throws(TableIsFull) {
            _ = try contents.set(
                configuration, numbers: numbers.numbers, vrfs: numbers.vrfs)
        } catch {
            throw .tooManyNextHops
        }
        contents.registry.collect()
        (nextHops, hasRemoteHosts) = try Self.nextHops(
            contents, configuration, networks, ports, numbers)
        pair = try FIBPair(sizes.ipv4, contents.ipv4.entries, numaNode: numaNode)
        guard configuration.needsTrie else { return }
        do throws(FIBFailure) {
            ipv6Pair = try FIBPair(
                sizes.ipv6, contents.ipv6.entries, others: contents.entriesOfVRFs,
                numaNode: numaNode)
        } catch {
            pair.free()
            throw error
        }
    }

    /// Of the tables of both families.
    struct TableSizes {
        let ipv4: Plan.ForwardingTable
        let ipv6: Plan.TrieTable

        /// Nil in a plan that does not route.
        init?(_ plan: Plan, _ configuration: Configuration) {
            guard let fib = plan.memory.fib else { return nil }
            ipv4 = fib
            ipv6 = plan.memory.ipv6Fib ?? Plan.TrieTable(configuration)
        }
    }

    /// Puts the routes and ports of another configuration in force: the instance that nobody reads becomes the
    /// live one, which the caller publishes. When that fails, everything stays as it is.
    mutating func replace(
        by configuration: Configuration, _ ports: [AttachedPort], _ numbers: InterfaceNumbers,
        sizes: TableSizes
    ) throws(FIBFailure) -> RouteContents.Withdrawn {
        var next = contents
        let (change, withdrawn): (RouteContents.Change, RouteContents.Withdrawn)
        do throws(TableIsFull) {
            (change, withdrawn) = try next.set(
                configuration, numbers: numbers.numbers, vrfs: numbers.vrfs)
        } catch {
            throw .tooManyNextHops
        }
        guard next.routeCount <= configuration.memory.routes else {
            throw .tooManyRoutes(next.routeCount)
        }
        next.registry.collect()
        let networks = configuration.networks
        let (nextHops, hasRemoteHosts) = try Self.nextHops(
            next, configuration, networks, ports, numbers)
        try swap(change, next, configuration, sizes)
        contents = next
        self.nextHops = nextHops
        self.hasRemoteHosts = hasRemoteHosts
        self.networks = networks
        return withdrawn
    }

    /// Brings the tables to new contents: both families', or neither's.
    private mutating func swap(
        _ change: RouteContents.Change, _ next: RouteContents, _ configuration: Configuration,
        _ sizes: TableSizes?
    ) throws(FIBFailure) {
        let steps = change[0].ipv4.steps
        // Room that is no longer needed does no harm.
        let newSize = sizes.flatMap { $0.ipv4.tbl8Groups > pair.size.tbl8Groups ? $0.ipv4 : nil }
        let swaps = !steps.isEmpty || newSize != nil
        if swaps { try pair.swap(steps, newSize: newSize) }
        do throws(FIBFailure) {
            try swapIPv6(change.stepsOfTrie, next, configuration, sizes?.ipv6)
        } catch {
            if swaps { pair.swapBack() }
            throw error
        }
    }

    private mutating func swapIPv6(
        _ steps: [FIBStep<IPv6PrefixKey>], _ next: RouteContents, _ configuration: Configuration,
        _ size: Plan.TrieTable?
    ) throws(FIBFailure) {
        guard var pair = ipv6Pair else {
            guard let size, configuration.needsTrie else { return }
            ipv6Pair = try FIBPair(
                size, next.ipv6.entries, others: next.entriesOfVRFs, numaNode: numaNode)
            return
        }
        let newSize = size.flatMap { $0.nodes > pair.size.nodes ? $0 : nil }
        guard !steps.isEmpty || newSize != nil else { return }
        // A copy of the tree would be made if there were two of it.
        ipv6Pair = nil
        defer { ipv6Pair = pair }
        try pair.swap(steps, newSize: newSize)
    }

    /// Takes a replacement back that nobody has published.
    /// - Parameter old: what this was before.
    mutating func takeBack(to old: RoutingState) {
        if pair.live != old.pair.live { pair.swapBack() }
        if let before = old.ipv6Pair {
            if ipv6Pair?.live != before.live { ipv6Pair?.swapBack() }
        } else {
            ipv6Pair?.free()
            ipv6Pair = nil
        }
        contents = old.contents
        nextHops = old.nextHops
        hasRemoteHosts = old.hasRemoteHosts
        networks = old.networks
    }

    /// Makes the changes, all or none: the instance that nobody reads becomes the live one, which the caller
    /// publishes.
    /// - Returns: nil when there are problems, which the changes then have.
    mutating func apply(
        _ changes: inout RouteChanges, _ configuration: Configuration, _ ports: [AttachedPort],
        _ numbers: InterfaceNumbers
    ) throws(FIBFailure) -> RouteContents.ChangeCount? {
        let (change, count) = contents.apply(
            &changes, RouteContents.Rules(configuration, networks, numbers.numbers, numbers.vrfs))
        guard changes.problems.isEmpty else {
            contents.revert(change)
            return nil
        }
        do throws(FIBFailure) {
            // What can fail comes before the swap, which nothing takes back here.
            if contents.registry.isOverfull { throw .tooManyNextHops }
            let next =
                contents.registry.isChanged || hasRemoteHosts
                ? try Self.nextHops(contents, configuration, networks, ports, numbers)
                : (nextHops, hasRemoteHosts)
            try swap(change, contents, configuration, nil)
            (nextHops, hasRemoteHosts) = next
        } catch {
            contents.revert(change)
            contents.registry.isOverfull = false
            throw error
        }
        // Numbers that are given back now are in the next table of next hops still, which does no harm.
        contents.registry.isChanged = false
        contents.registry.collect()
        return count
    }

    /// Brings the other instance up to the live one, once no worker reads it any more.
    mutating func catchUp() {
        pair.catchUp()
        ipv6Pair?.catchUp()
    }

    mutating func free() {
        pair.free()
        ipv6Pair?.free()
    }

    /// - Returns: what workers read, and whether the routes decide where a next hop is.
    private static func nextHops(
        _ contents: RouteContents, _ configuration: Configuration, _ networks: VRFNetworks,
        _ ports: [AttachedPort], _ numbers: InterfaceNumbers
    ) throws(FIBFailure) -> (NextHopTable, hasRemoteHosts: Bool) {
        let ways = HostWays(configuration, ports, numbers)
        let rules = NextHopRules(configuration, networks, numbers.numbers, numbers.vrfs)
        var hasRemoteHosts = false
        do throws(TableIsFull) {
            let table = try contents.registry.table { host in
                switch contents.place(of: host, rules) {
                case .interface(let number): return ways.way(to: host.address, on: number)
                case .through(let number):
                    hasRemoteHosts = true
                    return .through(number)
                case .none:
                    hasRemoteHosts = true
                    return .none
                }
            } connected: {
                ways.glean(on: $0)
            }
            return (table, hasRemoteHosts)
        } catch {
            throw .tooManyNextHops
        }
    }
}

extension Configuration {
    /// Whether anything is looked up in the trie.
    fileprivate var needsTrie: Bool { routesIPv6 || hasVRFs }
}

extension RouteContents {
    /// What the tables of other VRFs than the main one have.
    fileprivate var entriesOfVRFs: [FIBStep<IPv6PrefixKey>] {
        vrfs.enumerated().dropFirst().flatMap { number, tables in
            let vrf = UInt16(number)
            return tables.ipv4.entries.map {
                FIBStep(
                    key: IPv6PrefixKey(ofIPv4: $0), before: 0, after: $1,
                    table: TrieTables.ipv4(of: vrf))
            }
                + tables.ipv6.entries.map {
                    FIBStep(key: $0, before: 0, after: $1, table: TrieTables.ipv6(of: vrf))
                }
        }
    }
}

extension RouteContents.Change {
    /// What the trie must take: IPv6 of the main VRF, and both families of the others.
    var stepsOfTrie: [FIBStep<IPv6PrefixKey>] {
        vrfs.sorted { $0.key < $1.key }.flatMap { vrf, change in
            let ipv4 =
                vrf == 0
                ? []
                : change.ipv4.steps.map {
                    FIBStep(
                        key: IPv6PrefixKey(ofIPv4: $0.key), before: $0.before, after: $0.after,
                        table: TrieTables.ipv4(of: vrf))
                }
            return ipv4
                + change.ipv6.steps.map {
                    FIBStep(
                        key: $0.key, before: $0.before, after: $0.after,
                        table: TrieTables.ipv6(of: vrf))
                }
        }
    }
}
