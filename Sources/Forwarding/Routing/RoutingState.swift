// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The forwarding table of a forwarder that routes: what is in it, and its two instances. Control thread, which
/// has the forwarder's turn.
struct RoutingState {
    private(set) var contents: RouteContents
    private(set) var pair: FIBPair
    private(set) var nextHops: NextHopTable
    /// Of the configuration in force.
    private(set) var networks: InterfaceNetworks

    /// - Parameters:
    ///   - ports: in the order of the configuration.
    ///   - numaNode: where the table is wanted; nil without huge pages.
    init(
        _ configuration: Configuration, _ ports: [AttachedPort], _ numbers: InterfaceNumbers,
        _ size: Plan.ForwardingTable, numaNode: Int32?
    ) throws(FIBPair.Failure) {
        contents = RouteContents()
        networks = configuration.networks
        do throws(TableIsFull) {
            _ = try contents.set(configuration, numbers: numbers.numbers)
        } catch {
            throw .tooManyNextHops
        }
        contents.registry.collect()
        nextHops = try Self.nextHops(contents, configuration, networks, ports, numbers)
        pair = try FIBPair(size, contents.entries, numaNode: numaNode)
    }

    /// Puts the routes and ports of another configuration in force: the instance that nobody reads becomes the
    /// live one, which the caller publishes. When that fails, everything stays as it is.
    mutating func replace(
        by configuration: Configuration, _ ports: [AttachedPort], _ numbers: InterfaceNumbers,
        size: Plan.ForwardingTable
    ) throws(FIBPair.Failure) -> RouteContents.Withdrawn {
        var next = contents
        let (change, withdrawn): (RouteContents.Change, RouteContents.Withdrawn)
        do throws(TableIsFull) {
            (change, withdrawn) = try next.set(configuration, numbers: numbers.numbers)
        } catch {
            throw .tooManyNextHops
        }
        guard next.routes.count <= configuration.memory.routes else {
            throw .tooManyRoutes(next.routes.count)
        }
        next.registry.collect()
        let networks = configuration.networks
        let nextHops = try Self.nextHops(next, configuration, networks, ports, numbers)
        let steps = change.steps
        // Room that is no longer needed does no harm.
        let newSize = size.tbl8Groups > pair.size.tbl8Groups ? size : nil
        if !steps.isEmpty || newSize != nil { try pair.swap(steps, newSize: newSize) }
        contents = next
        self.nextHops = nextHops
        self.networks = networks
        return withdrawn
    }

    /// Takes a replacement back that nobody has published.
    /// - Parameter old: what this was before.
    mutating func takeBack(to old: RoutingState) {
        if pair.live != old.pair.live { pair.swapBack() }
        contents = old.contents
        nextHops = old.nextHops
        networks = old.networks
    }

    /// Makes the changes, all or none: the instance that nobody reads becomes the live one, which the caller
    /// publishes.
    /// - Returns: nil when there are problems, which the changes then have.
    mutating func apply(
        _ changes: inout RouteChanges, _ configuration: Configuration, _ ports: [AttachedPort],
        _ numbers: InterfaceNumbers
    ) throws(FIBPair.Failure) -> RouteContents.ChangeCount? {
        let (change, count) = contents.apply(
            &changes, RouteContents.Rules(configuration, networks))
        guard changes.problems.isEmpty else {
            contents.revert(change)
            return nil
        }
        do throws(FIBPair.Failure) {
            // What can fail comes before the swap, which nothing takes back here.
            let next =
                contents.registry.isChanged
                ? try Self.nextHops(contents, configuration, networks, ports, numbers) : nextHops
            let steps = change.steps
            if !steps.isEmpty { try pair.swap(steps) }
            nextHops = next
        } catch {
            contents.revert(change)
            throw error
        }
        // Numbers that are given back now are in the next table of next hops still, which does no harm.
        contents.registry.isChanged = false
        contents.registry.collect()
        return count
    }

    /// Brings the other instance up to the live one, once no worker reads it any more.
    mutating func catchUp() { pair.catchUp() }

    mutating func free() { pair.free() }

    private static func nextHops(
        _ contents: RouteContents, _ configuration: Configuration, _ networks: InterfaceNetworks,
        _ ports: [AttachedPort], _ numbers: InterfaceNumbers
    ) throws(FIBPair.Failure) -> NextHopTable {
        let macs = Dictionary(
            configuration.neighbours.map { ($0.address, $0.mac) },
            uniquingKeysWith: { first, _ in first })
        let tagged = configuration.portsWithVLANs
        let portOfNumber = Dictionary(
            numbers.numbers.enumerated().map {
                ($1, ports[configuration.port(ofInterface: $0)].port.index)
            }, uniquingKeysWith: { first, _ in first })
        do throws(TableIsFull) {
            return try contents.registry.table { address in
                // Every host of the registry is on an interface's network.
                let index = networks.holder(of: address)?.interface ?? 0
                let interface = configuration[interface: index]
                let attached = ports[interface.port]
                let (port, number) = (attached.port.index, numbers.numbers[index])
                guard let mac = macs[address] else {
                    let isByVLAN = tagged.contains(interface.port)
                    return (
                        .unresolved(
                            port: port, interface: number, byVLAN: isByVLAN,
                            vlans: interface.vlans, outer: interface.encapsulation.etherType),
                        NeighbourKey(interface: number, address: address)
                    )
                }
                let mtu = interface.mtu(on: attached.configured)
                guard tagged.contains(interface.port) else {
                    return (
                        .forward(
                            port: port, mtu: mtu, destinationMAC: mac, sourceMAC: attached.mac), nil
                    )
                }
                return (
                    .forward(
                        port: port, interface: number, vlans: interface.vlans,
                        outer: interface.encapsulation.etherType, mtu: mtu, destinationMAC: mac,
                        sourceMAC: attached.mac), nil
                )
            } connected: { number in
                .glean(port: portOfNumber[number] ?? 0, interface: number)
            }
        } catch {
            throw .tooManyNextHops
        }
    }
}
