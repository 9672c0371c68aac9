// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension ConfigurationDecoder {
    mutating func decodeNeighbours(
        _ field: Field?, _ ports: DecodedPorts
    ) -> [Configuration.Neighbour] {
        guard let field,
            let items = items(
                field,
                expected: "a list such as [{port: wan, address: 192.0.2.9, mac: 02:00:00:00:00:09}]"
            )
        else { return [] }
        var result: [Configuration.Neighbour] = []
        var firstLines: [IPv4Address: Int] = [:]
        for item in items {
            guard let neighbour = decodeNeighbour(item, ports) else { continue }
            // Networks of two ports never overlap, so that the address alone tells them apart.
            if let first = firstLines[neighbour.address] {
                report(item, "\(neighbour.address) is a neighbour already, at line \(first)")
            } else {
                firstLines[neighbour.address] = item.node.location.line
                result.append(neighbour)
            }
        }
        return result
    }

    private mutating func decodeNeighbour(
        _ item: Field, _ ports: DecodedPorts
    ) -> Configuration.Neighbour? {
        guard let fields = fields(item, Keys.Neighbour.self) else { return nil }
        let portField = required(.port, in: fields)
        let addressField = required(.address, in: fields)
        let mac = required(.mac, in: fields).flatMap { self.mac($0) }
        let port = portField.flatMap { portIndex($0, ports) }
        let address = addressField.flatMap { self.address($0) }
        guard let port, let address, let addressField,
            isHost(address, at: addressField, ports, networkOf: port), let mac
        else { return nil }
        return Configuration.Neighbour(
            port: port, address: address, mac: mac, origin: Origin(item.node.location))
    }

    /// Whether a host other than ourselves can have the address on a network of the port.
    private mutating func isHost(
        _ address: IPv4Address, at field: Field, _ ports: DecodedPorts, networkOf port: Int
    ) -> Bool {
        guard let (holder, _) = ports.network(holding: address), holder == port else {
            guard !ports.networksAreUncertain else { return false }
            let own = ports.ports[port]
            let networks = own.addresses.map { String(describing: $0.network) }
            var message = "\(address) is on no network of port \(own.name), "
            message +=
                networks.isEmpty
                ? "which has no address" : "which has \(networks.joined(separator: ", "))"
            if let (holder, _) = ports.network(holding: address) {
                message += "; did you mean port \"\(ports.ports[holder].name)\"?"
            }
            report(field, message)
            return false
        }
        return isForeignHost(address, at: field, ports)
    }

    /// Whether the address, which is on a port's network, can be another host's.
    mutating func isForeignHost(
        _ address: IPv4Address, at field: Field, _ ports: DecodedPorts
    ) -> Bool {
        if let owner = ports.owner(of: address) {
            report(field, "\(address) is port \(owner.name)'s own address")
            return false
        }
        guard let (_, network) = ports.network(holding: address), !network.allowsHost(address)
        else { return true }
        let kind = address == network.network.address ? "network's own" : "broadcast"
        report(field, "\(address) is the \(kind) address of \(network.network)")
        return false
    }
}
