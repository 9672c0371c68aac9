// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// How packets leave to hosts behind the interfaces of a configuration. Control thread.
struct HostWays {
    private let configuration: Configuration
    private let ports: [AttachedPort]
    private let numbers: [UInt16]
    private let macs: [NeighbourKey: MACAddress]
    private let tagged: Set<Int>
    /// By the interfaces' numbers: indices into the configuration's.
    private let indices: [UInt16: Int]

    /// - Parameter ports: in the order of the configuration.
    init(_ configuration: Configuration, _ ports: [AttachedPort], _ numbers: InterfaceNumbers) {
        self.configuration = configuration
        self.ports = ports
        self.numbers = numbers.numbers
        macs = Dictionary(
            configuration.neighbours.map {
                (
                    NeighbourKey(interface: numbers.numbers[$0.interface], address: $0.address),
                    $0.mac
                )
            }, uniquingKeysWith: { first, _ in first })
        tagged = configuration.portsWithVLANs
        indices = Dictionary(
            numbers.numbers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter number: the interface's.
    func way(to address: IPAddress, on number: UInt16) -> NextHopRegistry.Way {
        guard let index = indices[number] else { return .none }
        let interface = configuration[interface: index]
        let attached = ports[interface.port]
        let port = attached.port.index
        let key = NeighbourKey(interface: number, address: address)
        let isByVLAN = tagged.contains(interface.port)
        guard let mac = macs[key] else {
            return .host(
                .unresolved(
                    port: port, interface: number, byVLAN: isByVLAN, vlans: interface.vlans,
                    outer: interface.encapsulation.etherType), key)
        }
        let mtu = interface.mtu(on: attached.configured)
        guard isByVLAN else {
            return .known(
                .forward(port: port, mtu: mtu, destinationMAC: mac, sourceMAC: attached.mac))
        }
        return .known(
            .forward(
                port: port, interface: number, vlans: interface.vlans,
                outer: interface.encapsulation.etherType, mtu: mtu, destinationMAC: mac,
                sourceMAC: attached.mac))
    }

    /// To hosts on the networks of an interface.
    func glean(on number: UInt16) -> NextHop {
        let port = indices[number].map { ports[configuration.port(ofInterface: $0)].port.index }
        return .glean(port: port ?? 0, interface: number)
    }
}
