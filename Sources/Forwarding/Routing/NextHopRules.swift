// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// What a route over the API may name beside the ports of a configuration: the rules of the configuration's
/// own routes.
struct NextHopRules {
    private struct Network {
        let port: String
        let address: Configuration.InterfaceAddress
    }

    private let networks: [Network]

    init(_ configuration: Configuration) {
        networks = configuration.ports.flatMap { port in
            port.addresses.map { Network(port: port.name, address: $0) }
        }
    }

    /// Why an address can be no next hop; nil when it can.
    func problem(with address: IPv4Address) -> String? {
        guard let holder = networks.first(where: { $0.address.network.contains(address) }) else {
            return "\(address) is on no port's network; \(list)"
        }
        if let own = networks.first(where: { $0.address.address == address }) {
            return "\(address) is port \(own.port)'s own address"
        }
        guard !holder.address.allowsHost(address) else { return nil }
        let network = holder.address.network
        let kind = address == network.address ? "network's own" : "broadcast"
        return "\(address) is the \(kind) address of \(network)"
    }

    /// Why a prefix can have no route; nil when it can.
    func problem(with prefix: IPv4Prefix) -> String? {
        networks.first { $0.address.network == prefix }.map {
            "\(prefix) is port \($0.port)'s own network, whose hosts are neighbours of it"
        }
    }

    private var list: String {
        guard !networks.isEmpty else { return "no port has an address" }
        let shown = networks.prefix(8).map { "\($0.address.network) (\($0.port))" }
        return "networks are: " + shown.joined(separator: ", ")
            + (networks.count > 8 ? " and \(networks.count - 8) more" : "")
    }
}
