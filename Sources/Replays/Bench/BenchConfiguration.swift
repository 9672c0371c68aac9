// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// The configurations that are measured: the built-in ones, and a user's with virtual devices.
enum BenchConfiguration {
    /// The MAC address of the port `in`, to which the frames of a capture of one's own must go.
    static let inMAC = MACAddress(rawValue: 0x0200_0000_0001)

    private static let inNetwork = Configuration.InterfaceAddress(
        address: IPAddress(IPv4Address(rawValue: 0xc000_0201)), prefixLength: 24)
    private static let outNetwork = Configuration.InterfaceAddress(
        address: IPAddress(IPv4Address(rawValue: 0xc633_6401)), prefixLength: 24)
    /// For thousands of hosts.
    private static let wideNetwork = Configuration.InterfaceAddress(
        address: IPAddress(IPv4Address(rawValue: 0xac10_0001)), prefixLength: 16)
    private static let inNetworkOfIPv6 = Configuration.InterfaceAddress(
        address: IPAddress(high: 0x2001_0db8_0000_0001, low: 1), prefixLength: 64)
    private static let outNetworkOfIPv6 = Configuration.InterfaceAddress(
        address: IPAddress(high: 0x2001_0db8_0000_0002, low: 1), prefixLength: 64)
    private static let nextHopsOfGroup = 4

    private static func outNetwork(
        _ workload: BenchWorkload
    ) -> Configuration.InterfaceAddress { workload.isWide ? wideNetwork : outNetwork }

    /// A host on the network of the port `out`, from 0, and its MAC address.
    static func host(
        _ number: Int, _ workload: BenchWorkload, isIPv6: Bool = false
    ) -> (address: IPAddress, mac: MACAddress) {
        let own = (isIPv6 ? outNetworkOfIPv6 : outNetwork(workload)).address
        return (
            IPAddress(high: own.high, low: own.low + 1 + UInt64(number)),
            MACAddress(rawValue: 0x0200_0001_0000 + UInt64(number))
        )
    }

    /// Frames come in by the port `in` and leave by the port `out`.
    static func builtIn(_ workload: BenchWorkload) -> Configuration {
        let isRouted = workload != .crossConnect
        func port(
            _ name: String, _ mac: MACAddress, _ network: Configuration.InterfaceAddress,
            _ ipv6: Configuration.InterfaceAddress
        ) -> Configuration.Port {
            let networks =
                (workload.hasIPv4 ? [network] : []) + (workload.hasIPv6 ? [ipv6] : [])
            return Configuration.Port(
                name: name, device: .vdev(name: "net_null", arguments: ""), mac: mac,
                addresses: isRouted && workload.vlans.isEmpty ? networks : [])
        }
        var ports = [
            port("in", inMAC, inNetwork, inNetworkOfIPv6),
            port(
                "out", MACAddress(rawValue: 0x0200_0000_0002), outNetwork(workload),
                outNetworkOfIPv6),
        ]
        ports[1].mtu = workload.mtuOut
        var configuration = Configuration(
            path: workload.rawValue, forward: isRouted ? .route : .crossConnect,
            workers: .count(workload == .handOff ? 2 : 1), ports: ports)
        guard isRouted else {
            configuration.crossConnects = [Configuration.CrossConnect(left: 0, right: 1)]
            return configuration
        }
        configuration.vlanInterfaces = workload.vlans.flatMap { vlan in
            let out = vlan + 100
            var interfaces = [
                Configuration.Interface(
                    name: "in.\(vlan)", port: 0, vlans: [vlan], addresses: [inNetwork]),
                Configuration.Interface(
                    name: "out.\(out)", port: 1, vlans: [out], addresses: [outNetwork]),
            ]
            for index in interfaces.indices { interfaces[index].vrf = vrf(of: vlan, workload) }
            return interfaces
        }
        configuration.memory.routes = max(
            Configuration.Memory.defaultRoutes,
            // Those that have nothing in common take three nodes each.
            workload == .route6Scattered ? 4 * workload.prefixes : workload.prefixes)
        let families = (workload.hasIPv4 ? [false] : []) + (workload.hasIPv6 ? [true] : [])
        configuration.neighbours = ways(workload).flatMap { way in
            families.flatMap { isIPv6 in
                (0..<workload.gateways).map {
                    let (address, mac) = host($0, workload, isIPv6: isIPv6)
                    return Configuration.Neighbour(
                        interface: way.interface, address: address, mac: mac)
                }
            }
        }
        configuration.routes = ways(workload).flatMap { routes(workload, $0) }
        return configuration
    }

    /// The default route, so that a capture of one's own is routed too, and generated prefixes.
    private static func routes(_ workload: BenchWorkload, _ way: Way) -> [Configuration.Route] {
        guard workload.gateways > 0 else { return [] }
        let count = workload.hasIPv4 && workload.hasIPv6 ? workload.prefixes / 2 : workload.prefixes
        let width = workload == .ecmp ? nextHopsOfGroup : 1
        func routes(_ prefixes: [IPPrefix], isIPv6: Bool) -> [Configuration.Route] {
            prefixes.enumerated().map { index, prefix in
                let hops = (0..<width).map {
                    Configuration.WeightedNextHop(
                        address: host(
                            (index + $0) % workload.gateways, workload, isIPv6: isIPv6
                        ).address, interface: way.interface)
                }
                return Configuration.Route(to: prefix, target: .via(hops), vrf: way.vrf)
            }
        }
        var all: [Configuration.Route] = []
        if workload.hasIPv4 {
            let prefixes = GeneratedPrefixes.make(
                count - 1, avoiding: [inNetwork.network, outNetwork(workload).network])
            all += routes([.allIPv4] + prefixes, isIPv6: false)
        }
        if workload.hasIPv6 {
            let prefixes = GeneratedPrefixes.makeIPv6(
                count - 1, isScattered: workload == .route6Scattered)
            all += routes([.allIPv6] + prefixes, isIPv6: true)
        }
        return all
    }

    /// An interface that frames leave by, and its VRF.
    private struct Way {
        var interface: Int
        var vrf: String
    }

    /// That of the port `out`, or those of its VLANs.
    private static func ways(_ workload: BenchWorkload) -> [Way] {
        guard !workload.vlans.isEmpty else {
            return [Way(interface: 1, vrf: Configuration.VRF.main)]
        }
        return workload.vlans.enumerated().map {
            Way(interface: 3 + 2 * $0, vrf: vrf(of: $1, workload))
        }
    }

    private static func vrf(of vlan: UInt16, _ workload: BenchWorkload) -> String {
        workload.hasVRFs ? "vrf-\(vlan)" : Configuration.VRF.main
    }

    /// The configuration with a source in the place of one port's device, and sinks for the others.
    /// - Parameter captures: what each queue of the source repeats.
    static func withVirtualDevices(
        _ configuration: Configuration, source: Int, captures: [String]
    ) -> Configuration {
        var configuration = configuration
        for index in configuration.ports.indices {
            let port = configuration.ports[index]
            let words = captures.map { "rx_pcap=\($0)" } + ["infinite_rx=1"]
            configuration.ports[index].device =
                index == source
                ? .vdev(name: "net_pcap\(index)", arguments: words.joined(separator: ","))
                : .vdev(name: "net_null\(index)", arguments: "no-rx=1")
            configuration.ports[index].queues = nil
            if port.mac == nil {
                configuration.ports[index].mac = Configuration.Port.derivedMAC(name: port.name)
            }
        }
        return configuration
    }

    /// The port that frames come in by: the first that has somewhere to send them.
    static func source(of configuration: Configuration) -> Int? {
        switch configuration.forward {
        case .route: 0
        case .crossConnect:
            configuration.ports.indices.first { index in
                configuration.crossConnects.contains { pair in
                    [pair.left, pair.right].contains(index)
                }
            }
        }
    }
}
