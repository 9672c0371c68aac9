// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// What a route over the API may name beside the interfaces of a configuration: the rules of the configuration's
/// own routes.
struct NextHopRules {
    private let configuration: Configuration
    private let networks: InterfaceNetworks

    /// - Parameter networks: the configuration's.
    init(_ configuration: Configuration, _ networks: InterfaceNetworks) {
        self.configuration = configuration
        self.networks = networks
    }

    /// Why an address can be no next hop; nil when it can.
    func problem(with address: IPv4Address) -> String? {
        guard let holder = networks.holder(of: address) else {
            return "\(address) is on no interface's network; "
                + networks.list(configuration.interfaceName)
        }
        if let own = networks.owner(of: address) {
            return "\(address) is \(configuration[interface: own].title)'s own address"
        }
        guard !holder.address.allowsHost(address) else { return nil }
        let network = holder.address.network
        let kind = address == network.address ? "network's own" : "broadcast"
        return "\(address) is the \(kind) address of \(network)"
    }

    /// Why a prefix can have no route; nil when it can.
    func problem(with prefix: IPv4Prefix) -> String? {
        networks.holder(ofNetwork: prefix).map {
            "\(prefix) is \(configuration[interface: $0.interface].title)'s own network, whose hosts are neighbours of it"
        }
    }
}
