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
    /// Of the configuration's interfaces.
    let numbers: [UInt16]
    /// Those of interfaces whose port's link is down.
    private let down: Set<UInt16>
    private let networks: InterfaceNetworks

    /// - Parameters:
    ///   - networks: of the configuration's interfaces.
    ///   - numbers: of these; those of the ports are DPDK's indices.
    ///   - down: DPDK's indices of ports whose link is down.
    init(
        contents: RouteContents, nextHops: NextHopTable, configuration: Configuration,
        networks: InterfaceNetworks? = nil, numbers: [UInt16], down: Set<UInt16>
    ) {
        self.contents = contents
        self.nextHops = nextHops
        self.configuration = configuration
        self.numbers = numbers
        self.down = Set(
            numbers.enumerated().filter { index, _ in
                down.contains(numbers[configuration.port(ofInterface: index)])
            }.map(\.element))
        self.networks = networks ?? configuration.networks
    }

    func meaning(of number: Int) -> NextHopRegistry.Meaning? {
        UInt16(exactly: number).flatMap { contents.registry[$0] }
    }

    /// The number of the interface on whose network the address is.
    func interface(reaching address: IPv4Address) -> UInt16? {
        networks.holder(of: address).map { numbers[$0.interface] }
    }

    /// What the entry with a number must do with packets.
    func outcome(of number: Int) -> RouteChoice.Outcome? {
        switch meaning(of: number) {
        case nil: return number == 0 ? .drop(.noRoute) : nil
        case .drop(let reason): return .drop(reason)
        case .group: return nil
        case .connected(let interface):
            return down.contains(interface)
                ? .drop(.linkDown) : .unresolved(interface: interface)
        case .host(let address):
            guard let interface = interface(reaching: address) else { return nil }
            guard !down.contains(interface) else { return .drop(.linkDown) }
            let mac = contents.own.neighbour(at: address)?.mac
            return mac.map { .forward(interface: interface, mac: $0) }
                ?? .unresolved(interface: interface)
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
