// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What the numbers in workers' tables mean at one time, and what should be in these tables.
///
/// Holds what the control plane has, and copies nothing as long as that does not change: not to be kept
/// where it does.
package struct NamedTables: Sendable {
    let contents: RouteContents
    /// With what links that are down make of it.
    let nextHops: NextHopTable
    let configuration: Configuration
    /// DPDK's indices of the ports, in the order of the configuration.
    let portIndices: [UInt16]
    /// Those whose link is down.
    let down: Set<UInt16>

    func meaning(of number: Int) -> NextHopRegistry.Meaning? {
        UInt16(exactly: number).flatMap { contents.registry[$0] }
    }

    /// DPDK's index of the port on whose network the address is.
    func port(reaching address: IPv4Address) -> UInt16? {
        configuration.portIndex(reaching: address).map { portIndices[$0] }
    }

    /// What the entry with a number must do with packets.
    func outcome(of number: Int) -> RouteChoice.Outcome? {
        switch meaning(of: number) {
        case nil: return number == 0 ? .drop(.noRoute) : nil
        case .drop(let reason): return .drop(reason)
        case .group: return nil
        case .connected(let port):
            return down.contains(port) ? .drop(.linkDown) : .unresolved(port: port)
        case .host(let address):
            guard let port = port(reaching: address) else { return nil }
            guard !down.contains(port) else { return .drop(.linkDown) }
            let mac = contents.own.neighbour(at: address)?.mac
            return mac.map { .forward(port: port, mac: $0) } ?? .unresolved(port: port)
        }
    }

    /// Whether the entry that was taken is the one that the prefix leads to, or the group's member that the
    /// flow belongs to.
    func allows(_ choice: RouteChoice) -> Bool {
        guard let slots = nextHops.slots(ofGroup: choice.group), !slots.isEmpty else {
            return choice.group == choice.nextHop
        }
        let slot = RouteChoice.slot(of: choice.flowHash, among: slots.count)
        return Int(slots[slots.startIndex + slot]) == choice.nextHop
    }
}
