// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The tables that follow from one configuration, whatever the links do: each change of a link makes
/// another snapshot of them, with the same FIB. Control thread.
struct ForwardingTables: Sendable {
    let configuration: Configuration
    /// Of the configuration's interfaces: made once, since there may be thousands.
    let networks: VRFNetworks
    /// In the order of the configuration.
    let ports: [AttachedPort]
    /// Whether every port takes frames for any MAC address.
    let admitsAny: Bool
    /// Owned by the forwarder, not by the snapshots.
    let fib: FIB?
    let ipv6FIB: TrieFIB?
    let nextHops: NextHopTable
    /// By DPDK's index: addresses that ports had until just now, and for which frames may be on their way.
    var formerAddresses: [UInt16: MACAddress] = [:]
    /// Of the hash that picks among the next hops of a group.
    let flowSeed: UInt32
    private let ownAddresses: [UInt16: OwnAddresses]
    /// Of the configuration's interfaces.
    let numbers: InterfaceNumbers

    /// - Parameters:
    ///   - flowSeed: where the configuration names none.
    ///   - routing: nil in a forwarder that cross-connects.
    init(
        configuration: Configuration, ports: [AttachedPort], admitsAny: Bool, flowSeed: UInt32,
        numbers: InterfaceNumbers, _ routing: RoutingState?
    ) {
        self.configuration = configuration
        networks = routing?.networks ?? VRFNetworks()
        self.numbers = numbers
        self.ports = ports
        self.admitsAny = admitsAny
        fib = routing?.pair.live
        ipv6FIB = routing?.ipv6Pair?.live
        nextHops = routing?.nextHops ?? NextHopTable()
        self.flowSeed = configuration.hash.seed ?? flowSeed
        ownAddresses = routing?.contents.ownAddresses ?? [:]
    }

    /// What workers read while the links of some ports are down.
    /// - Parameters:
    ///   - down: DPDK's indices.
    ///   - neighbours: knows hosts; nil before anybody was asked.
    func snapshot(down: Set<UInt16>, _ neighbours: NeighbourKeeper? = nil) -> Snapshot {
        let tentative = neighbours?.tentative ?? [:]
        let nextHops = neighbours?.filled(nextHops) ?? nextHops
        return Snapshot(
            ports: entries(down), interfaces: interfaceEntries(down), local: local(tentative),
            fib: fib,
            ipv6FIB: ipv6FIB, ownsFIB: false,
            nextHops: nextHops.laidOut(linksDown: down, lost: neighbours?.lost ?? []),
            flowSeed: flowSeed,
            ownAddresses: ownAddresses, errorsPerSecond: configuration.icmp.errorsPerSecond,
            looksAtOptions: configuration.icmp.parameterProblems == .on,
            requestsPerSecond: configuration.arp.requestsPerSecond)
    }

    /// By the interfaces' numbers.
    /// - Parameter tentative: addresses that others may have, as far as is known.
    private func local(_ tentative: [UInt16: Set<IPv6Address>]) -> [UInt16: LocalInterface] {
        let hosts = Dictionary(grouping: nextHops.hosts.keys, by: \.interface)
        return Dictionary(
            uniqueKeysWithValues: zip(numbers.numbers, configuration.interfaces).map {
                number, interface in
                let peers = (hosts[number] ?? []).map(\.address).filter { host in
                    host.ipv6?.isLinkLocal != true
                        && !interface.addresses.contains { $0.network.contains(host) }
                }
                return (
                    number,
                    LocalInterface(
                        addresses: interface.addresses.filter { !$0.isOfLink }.map {
                            InterfaceAddress(address: $0.address, prefixLength: $0.prefixLength)
                        },
                        linkLocal: interface.linkLocal(mac: ports[interface.port].mac),
                        tentative: tentative[number] ?? [],
                        mtu: interface.mtu(on: ports[interface.port].configured),
                        sourceDemand: SourceDemand(interface.sourceCheck),
                        advertises: interface.ra != nil, peers: Set(peers),
                        vrf: numbers.vrfs[interface.vrf] ?? 0)
                )
            })
    }

    /// By index into the configuration's interfaces.
    private var peers: [Int: Int] {
        var peers: [Int: Int] = [:]
        for pair in configuration.crossConnects {
            peers[pair.left] = pair.right
            peers[pair.right] = pair.left
        }
        return peers
    }

    /// Ports without VLANs that are joined with one of their kind are so as a whole, whatever tags their frames have.
    private func entries(_ down: Set<UInt16>) -> [UInt16: PortEntry] {
        let peers = peers
        let tagged = configuration.portsWithVLANs
        return Dictionary(
            uniqueKeysWithValues: ports.enumerated().map { index, attached in
                let joined = tagged.contains(index) ? nil : peers[index]
                let other = joined.flatMap {
                    $0 < ports.count && !tagged.contains($0) ? ports[$0] : nil
                }
                let peer = other?.port.index
                return (
                    attached.port.index,
                    PortEntry(
                        address: attached.mac,
                        formerAddress: formerAddresses[attached.port.index],
                        admitsAny: admitsAny || attached.configured.admit == .any, peer: peer,
                        isLinkUp: !down.contains(attached.port.index),
                        isPeerUp: peer.map { !down.contains($0) } ?? true,
                        peerMTU: other.flatMap { attached.planned.mtuOfCrossing(to: $0.planned) })
                )
            })
    }

    /// By number; none where there are no VLANs.
    private func interfaceEntries(_ down: Set<UInt16>) -> [UInt16: InterfaceEntry] {
        guard !configuration.vlanInterfaces.isEmpty else { return [:] }
        let peers = peers
        let tagged = configuration.portsWithVLANs
        func isUntagged(_ index: Int) -> Bool { index < ports.count }
        return Dictionary(
            uniqueKeysWithValues: configuration.interfaces.enumerated().map { index, interface in
                let port = ports[interface.port]
                let peer = peers[index]
                let other = peer.map { configuration[interface: $0] }
                let otherPort = other.map { ports[$0.port] }
                // What an interface with tags of its own carries may have others behind them; the untagged frames of a
                // port with VLANs have none.
                let peerTakesTags = peer.map { !isUntagged($0) || !tagged.contains($0) } ?? false
                return (
                    numbers.numbers[index],
                    InterfaceEntry(
                        port: port.port.index, vlans: interface.vlans,
                        outer: interface.encapsulation.etherType,
                        peer: peer.map { numbers.numbers[$0] },
                        isLinkUp: !down.contains(port.port.index),
                        isPeerUp: otherPort.map { !down.contains($0.port.index) } ?? true,
                        peerMTU: mtuOfCrossing(from: interface, to: other),
                        takesTags: isUntagged(index) && !tagged.contains(index) && peerTakesTags)
                )
            })
    }

    /// What comes in is as long as its port lets it be: an interface's MTU is for what leaves.
    private func mtuOfCrossing(
        from interface: Configuration.Interface, to other: Configuration.Interface?
    ) -> Int? {
        guard let other else { return nil }
        return ports[interface.port].planned.mtuOfCrossing(
            to: ports[other.port].planned, other.mtu(on: ports[other.port].configured))
    }
}

extension SourceDemand {
    init(_ check: Configuration.SourceCheck) {
        self =
            switch check {
            case .off: .none
            case .loose: .loose
            case .strict: .strict
            }
    }
}

extension Configuration.Interface {
    /// The address for its link: that of the file, or the one that follows from the MAC; nil without IPv6.
    func linkLocal(mac: MACAddress) -> IPv6Address? {
        hasIPv6 ? ownLinkLocal?.ipv6 ?? IPv6Address(linkLocalOf: mac) : nil
    }
}
