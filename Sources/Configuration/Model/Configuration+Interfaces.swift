// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The interfaces: those of the ports' untagged frames, in the order of the ports, and behind them those of tagged
/// frames. An interface's index among these is its index everywhere.
extension Configuration {
    public var interfaces: [Interface] { ports.indices.map(untagged) + vlanInterfaces }

    private func untagged(_ index: Int) -> Interface {
        var interface = Interface(
            name: ports[index].name, port: index, mtu: ports[index].mtu,
            addresses: ports[index].addresses, ipv6: ports[index].ipv6,
            sourceCheck: ports[index].sourceCheck,
            origin: ports[index].origin)
        interface.ra = ports[index].ra
        interface.vrf = ports[index].vrf
        return interface
    }

    /// Without a copy of all.
    public subscript(interface index: Int) -> Interface {
        index < ports.count ? untagged(index) : vlanInterfaces[index - ports.count]
    }

    public func interfaceName(_ index: Int) -> String {
        index < ports.count ? ports[index].name : vlanInterfaces[index - ports.count].name
    }

    /// The index of the port that an interface is on.
    public func port(ofInterface index: Int) -> Int {
        index < ports.count ? index : vlanInterfaces[index - ports.count].port
    }

    /// The ports on which there are interfaces of tagged frames.
    public var portsWithVLANs: Set<Int> { Set(vlanInterfaces.map(\.port)) }

    /// Bytes that tags take of what a device of Linux's takes: all but one tag of 802.1Q.
    func roomForTags(ofPort port: Int) -> Int {
        vlanInterfaces.lazy.filter { $0.port == port }.map { interface in
            let free = interface.encapsulation == .customer ? 1 : 0
            // Of two tags the MTU has one already.
            return (min(interface.vlans.count, 1) - free) * VLANTag.byteCount
        }.max() ?? 0
    }

    /// The addresses of all interfaces, in their order, but for those of links.
    public var ownAddresses: [InterfaceAddress] {
        (ports.flatMap(\.addresses) + vlanInterfaces.flatMap(\.addresses)).filter { !$0.isOfLink }
    }

    /// Whether any interface has IPv6.
    public var routesIPv6: Bool {
        ports.contains(where: \.hasIPv6) || vlanInterfaces.contains(where: \.hasIPv6)
    }

    /// The networks of all interfaces, for whoever searches often.
    public var networks: VRFNetworks {
        var networks = VRFNetworks()
        for (index, port) in ports.enumerated() {
            networks.add(port.addresses, of: index, in: port.vrf)
        }
        for (index, interface) in vlanInterfaces.enumerated() {
            networks.add(interface.addresses, of: ports.count + index, in: interface.vrf)
        }
        return networks
    }
}
