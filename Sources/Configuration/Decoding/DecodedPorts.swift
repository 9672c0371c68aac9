// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The ports of a file while the rest of it is checked against them.
struct DecodedPorts {
    /// One for each name, also where other things about the port are wrong.
    var ports: [Configuration.Port] = []
    /// Parallel to `ports`, but for those that are no mappings.
    var fields: [Fields<SectionKey<Configuration.Port>>] = []
    /// An address or a port could not be understood, so that a next hop which seems to be on no
    /// network may well be on one.
    var networksAreUncertain = false

    func index(named name: String) -> Int? { ports.firstIndex { $0.name == name } }

    var names: [String] { ports.map(\.name) }

    /// The port and the network that hold the address.
    func network(
        holding address: IPv4Address
    ) -> (port: Int, network: Configuration.InterfaceAddress)? {
        for (index, port) in ports.enumerated() {
            for network in port.addresses where network.network.contains(address) {
                return (index, network)
            }
        }
        return nil
    }

    /// The port whose own address it is.
    func owner(of address: IPv4Address) -> Configuration.Port? {
        ports.first { $0.addresses.contains { $0.address == address } }
    }

    /// `networks are: 192.0.2.0/24 (wan), …`, for a message.
    var networkList: String {
        let networks = ports.flatMap { port in
            port.addresses.map { "\($0.network) (\(port.name))" }
        }
        guard !networks.isEmpty else { return "no port has an address" }
        let shown = networks.prefix(8).joined(separator: ", ")
        return "networks are: " + shown
            + (networks.count > 8 ? " and \(networks.count - 8) more" : "")
    }
}
