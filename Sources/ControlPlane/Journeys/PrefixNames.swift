// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Names the prefixes of a configuration. It decides nothing: the route stage's FIB does, and tells
/// the number of an entry; this says in the words of the configuration which prefix stands behind it,
/// and whether the two agree.
struct PrefixNames: Sendable {
    /// What in the configuration a prefix comes from.
    enum Source: Sendable, Equatable {
        /// An index into `routes`.
        case route(Int)
        /// A network of a port, by the port's index.
        case connected(port: Int)
        /// The broadcast address of such a network.
        case broadcast(port: Int)
        /// A host whose MAC is configured: an index into `neighbours`.
        case neighbour(Int)
        /// An address of a port.
        case local(port: Int)

        /// The word in a journey's facts.
        var name: String {
            switch self {
            case .route: "route"
            case .connected: "connected"
            case .broadcast: "broadcast"
            case .neighbour: "neighbour"
            case .local: "local"
            }
        }
    }

    struct Match: Sendable, Equatable {
        let prefix: IPv4Prefix
        let source: Source
    }

    private struct Host: Hashable {
        let port: Int
        let address: IPv4Address
    }

    private var sources: [IPv4Prefix: Source] = [:]
    private let macs: [Host: MACAddress]
    private let lengths: [Int]

    /// In the order in which tables are built: what is connected wins over routes, a neighbour over a
    /// broadcast address, and a port's own address over both.
    init(_ configuration: Configuration) {
        for (index, route) in configuration.routes.enumerated() {
            sources[route.to] = .route(index)
        }
        for (port, configured) in configuration.ports.enumerated() {
            for address in configured.addresses {
                let network = address.network
                sources[network] = .connected(port: port)
                if network.length <= 30 {
                    sources[Self.host(network.lastAddress)] = .broadcast(port: port)
                }
            }
            for (index, neighbour) in configuration.neighbours.enumerated()
            where neighbour.port == port {
                sources[Self.host(neighbour.address)] = .neighbour(index)
            }
            for address in configured.addresses {
                sources[Self.host(address.address)] = .local(port: port)
            }
        }
        macs = Dictionary(
            configuration.neighbours.map { (Host(port: $0.port, address: $0.address), $0.mac) },
            uniquingKeysWith: { first, _ in first })
        lengths = Set(sources.keys.map(\.length)).sorted(by: >)
    }

    private static func host(_ address: IPv4Address) -> IPv4Prefix {
        IPv4Prefix(containing: address, length: 32)
    }

    /// The configured MAC of a neighbour.
    /// - Parameter port: an index into the configuration's ports.
    func mac(of address: IPv4Address, on port: Int) -> MACAddress? {
        macs[Host(port: port, address: address)]
    }

    /// The longest prefix that the address is in.
    func longest(of address: IPv4Address) -> Match? {
        for length in lengths {
            let prefix = IPv4Prefix(containing: address, length: length)
            if let source = sources[prefix] { return Match(prefix: prefix, source: source) }
        }
        return nil
    }
}
