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
    private let networks: VRFNetworks
    let vrfs: VRFNumbers

    /// - Parameters:
    ///   - networks: of the configuration's interfaces.
    ///   - numbers: of these; those of the ports are DPDK's indices.
    ///   - down: DPDK's indices of ports whose link is down.
    init(
        contents: RouteContents, nextHops: NextHopTable, configuration: Configuration,
        networks: VRFNetworks? = nil, numbers: [UInt16], vrfs: VRFNumbers? = nil,
        down: Set<UInt16>
    ) {
        self.vrfs = vrfs ?? VRFNumbers(configuration)
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

    /// The number of the interface on whose network the host is, or on whose link.
    func interface(reaching host: NextHopRegistry.Host) -> UInt16? {
        host.interface
            ?? networks[vrfs.name(host.vrf)].holder(of: host.address).map { numbers[$0.interface] }
    }

    /// The MAC that the configuration says of a host.
    func mac(of host: NextHopRegistry.Host) -> MACAddress? {
        guard host.interface == nil else {
            let index = host.interface.flatMap { numbers.firstIndex(of: $0) }
            return configuration.neighbours.first {
                $0.address == host.address && $0.interface == index
            }?.mac
        }
        return contents.mac(ofNeighbourAt: host.address, in: host.vrf)
    }

    /// The numbers of the interfaces by which packets leave that get an entry, in the order of its next hops.
    func interfaces(of number: Int) -> [UInt16] {
        let all: [UInt16] =
            switch meaning(of: number) {
            case nil, .drop, .table: []
            case .connected(let interface), .link(let interface): [interface]
            case .host, .group, .ranked:
                nextHops.leaves(of: UInt16(truncatingIfNeeded: number)).compactMap { leaf in
                    if case .host(let host) = meaning(of: Int(leaf)),
                        let interface = interface(reaching: host)
                    {
                        return interface
                    }
                    return nextHops.interface(of: leaf)
                }
            }
        var seen = down
        return all.filter { seen.insert($0).inserted }
    }

    /// Whether the entry with a number may do this with packets.
    func allows(_ outcome: RouteChoice.Outcome, of number: Int) -> Bool {
        switch meaning(of: number) {
        case nil:
            number == 0 && outcome == .drop(.noRoute)
                || number == nextHops.entries.count && outcome == .drop(.vrfLoop)
        case .drop(let reason): outcome == .drop(reason)
        case .group, .table: false
        case .ranked: outcome == .drop(.nextHopUnresolved)
        case .connected(let interface), .link(let interface):
            allows(outcome, toHostOn: interface)
        case .host(let host):
            if let mac = mac(of: host) {
                interface(reaching: host).map {
                    outcome
                        == (down.contains($0)
                            ? .drop(.linkDown) : .forward(interface: $0, mac: mac))
                } ?? false
            } else if let interface = interface(reaching: host) {
                allows(outcome, toHostOn: interface)
            } else if let interface = nextHops.interface(of: UInt16(truncatingIfNeeded: number)) {
                // A route has it on a link.
                allows(outcome, toHostOn: interface)
            } else {
                outcome == .drop(.nextHopUnresolved)
            }
        }
    }

    /// A host whose MAC the configuration does not say may have any, or none.
    private func allows(_ outcome: RouteChoice.Outcome, toHostOn interface: UInt16) -> Bool {
        guard !down.contains(interface) else { return outcome == .drop(.linkDown) }
        return switch outcome {
        case .forward(let other, _), .unresolved(let other): other == interface
        case .drop(let reason): reason == .noNeighbour
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
            || nextHops.mayLead(
                UInt16(truncatingIfNeeded: choice.group),
                to: UInt16(truncatingIfNeeded: choice.nextHop))
    }
}
