// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// The configurations that are measured: the built-in ones, and a user's with virtual devices.
enum BenchConfiguration {
    /// The MAC address of the port `in`, to which the frames of a capture of one's own must go.
    static let inMAC = MACAddress(rawValue: 0x0200_0000_0001)

    private static let inNetwork = Configuration.InterfaceAddress(
        address: IPv4Address(rawValue: 0xc000_0201), prefixLength: 24)
    private static let outNetwork = Configuration.InterfaceAddress(
        address: IPv4Address(rawValue: 0xc633_6401), prefixLength: 24)
    /// For thousands of hosts.
    private static let wideNetwork = Configuration.InterfaceAddress(
        address: IPv4Address(rawValue: 0xac10_0001), prefixLength: 16)
    private static let nextHopsOfGroup = 4

    private static func outNetwork(
        _ workload: BenchWorkload
    ) -> Configuration.InterfaceAddress { workload.isWide ? wideNetwork : outNetwork }

    /// A host on the network of the port `out`, from 0, and its MAC address.
    static func host(
        _ number: Int, _ workload: BenchWorkload
    ) -> (address: IPv4Address, mac: MACAddress) {
        (
            IPv4Address(rawValue: outNetwork(workload).address.rawValue + 1 + UInt32(number)),
            MACAddress(rawValue: 0x0200_0001_0000 + UInt64(number))
        )
    }

    /// Frames come in by the port `in` and leave by the port `out`.
    static func builtIn(_ workload: BenchWorkload) -> Configuration {
        let isRouted = workload != .crossConnect
        func port(
            _ name: String, _ mac: MACAddress, _ network: Configuration.InterfaceAddress
        ) -> Configuration.Port {
            Configuration.Port(
                name: name, device: .vdev(name: "net_null", arguments: ""), mac: mac,
                addresses: isRouted && workload != .vlan ? [network] : [])
        }
        var ports = [
            port("in", inMAC, inNetwork),
            port("out", MACAddress(rawValue: 0x0200_0000_0002), outNetwork(workload)),
        ]
        ports[1].mtu = workload.mtuOut
        var configuration = Configuration(
            path: workload.rawValue, forward: isRouted ? .route : .crossConnect,
            workers: .count(workload == .handOff ? 2 : 1), ports: ports)
        guard isRouted else {
            configuration.crossConnects = [Configuration.CrossConnect(left: 0, right: 1)]
            return configuration
        }
        if let vlan = workload.vlan {
            configuration.vlanInterfaces = [
                Configuration.Interface(
                    name: "in.\(vlan)", port: 0, vlans: [vlan], addresses: [inNetwork]),
                Configuration.Interface(
                    name: "out.200", port: 1, vlans: [200], addresses: [outNetwork]),
            ]
        }
        configuration.memory.routes = max(Configuration.Memory.defaultRoutes, workload.prefixes)
        configuration.neighbours = (0..<workload.gateways).map {
            let (address, mac) = host($0, workload)
            return Configuration.Neighbour(interface: way(workload), address: address, mac: mac)
        }
        configuration.routes = routes(workload)
        return configuration
    }

    /// The default route, so that a capture of one's own is routed too, and generated prefixes.
    private static func routes(_ workload: BenchWorkload) -> [Configuration.Route] {
        guard workload.gateways > 0 else { return [] }
        let prefixes = GeneratedPrefixes.make(
            workload.prefixes - 1, avoiding: [inNetwork.network, outNetwork(workload).network])
        let width = workload == .ecmp ? nextHopsOfGroup : 1
        let everything = IPv4Prefix(containing: IPv4Address(rawValue: 0), length: 0)
        return ([everything] + prefixes).enumerated().map { index, prefix in
            let hops = (0..<width).map {
                Configuration.WeightedNextHop(
                    address: host((index + $0) % workload.gateways, workload).address,
                    interface: way(workload))
            }
            return Configuration.Route(to: prefix, target: .via(hops))
        }
    }

    /// The interface that frames leave by: that of the port `out`, or of its VLAN.
    private static func way(_ workload: BenchWorkload) -> Int { workload.vlan == nil ? 1 : 3 }

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
