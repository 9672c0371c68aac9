// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The tables that follow from one configuration, whatever the links do: each change of a link makes
/// another snapshot of them, with the same FIB. Control thread.
struct ForwardingTables: Sendable {
    let configuration: Configuration
    /// In the order of the configuration.
    let ports: [AttachedPort]
    /// Whether every port takes frames for any MAC address.
    let admitsAny: Bool
    /// Owned by the forwarder, not by the snapshots.
    let fib: FIB?
    let nextHops: NextHopTable
    /// By DPDK's index: addresses that ports had until just now, and for which frames may be on their way.
    var formerAddresses: [UInt16: MACAddress] = [:]
    /// Of the hash that picks among the next hops of a group.
    let flowSeed: UInt32
    private let ownAddresses: OwnAddresses

    /// - Parameters:
    ///   - flowSeed: where the configuration names none.
    ///   - routing: nil in a forwarder that cross-connects.
    init(
        configuration: Configuration, ports: [AttachedPort], admitsAny: Bool, flowSeed: UInt32,
        _ routing: RoutingState?
    ) {
        self.configuration = configuration
        self.ports = ports
        self.admitsAny = admitsAny
        fib = routing?.pair.live
        nextHops = routing?.nextHops ?? NextHopTable()
        self.flowSeed = configuration.hash.seed ?? flowSeed
        ownAddresses = routing?.contents.own.addresses ?? OwnAddresses()
    }

    /// What workers read while the links of some ports are down.
    /// - Parameter down: DPDK's indices.
    func snapshot(down: Set<UInt16>) -> Snapshot {
        Snapshot(
            ports: entries(down), fib: fib, ownsFIB: false,
            nextHops: nextHops.withLinksDown(down), flowSeed: flowSeed,
            ownAddresses: ownAddresses)
    }

    private func entries(_ down: Set<UInt16>) -> [UInt16: PortEntry] {
        var peers: [Int: Int] = [:]
        for pair in configuration.crossConnects {
            peers[pair.left] = pair.right
            peers[pair.right] = pair.left
        }
        return Dictionary(
            uniqueKeysWithValues: ports.enumerated().map { index, attached in
                let other = peers[index].map { ports[$0] }
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
}
