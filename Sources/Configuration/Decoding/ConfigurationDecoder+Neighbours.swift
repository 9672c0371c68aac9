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
        var firstLines: [LinkAddress: Int] = [:]
        for item in items {
            guard let neighbour = decodeNeighbour(item, ports) else { continue }
            let key = LinkAddress(address: neighbour.address, interface: neighbour.interface)
            if let first = firstLines[key] {
                report(item, "\(neighbour.address) is a neighbour already, at line \(first)")
            } else {
                firstLines[key] = item.node.location.line
                result.append(neighbour)
            }
        }
        return result
    }

    private struct LinkAddress: Hashable {
        let address: IPAddress
        let interface: Int
    }

    private mutating func decodeNeighbour(
        _ item: Field, _ ports: DecodedPorts
    ) -> Configuration.Neighbour? {
        guard let fields = fields(item, Keys.Neighbour.self) else { return nil }
        let portField = required(.port, in: fields)
        let addressField = required(.address, in: fields)
        let mac = required(.mac, in: fields).flatMap { self.mac($0) }
        let interface = portField.flatMap { interfaceIndex($0, ports) }
        let address = addressField.flatMap { self.address($0) }
        guard let interface, let address, let addressField,
            isHost(address, at: addressField, ports, networkOf: interface), let mac
        else { return nil }
        return Configuration.Neighbour(
            interface: interface, address: address, mac: mac, origin: Origin(item.node.location))
    }

    /// Whether a host other than ourselves can have the address on a network of the interface.
    private mutating func isHost(
        _ address: IPAddress, at field: Field, _ ports: DecodedPorts, networkOf interface: Int
    ) -> Bool {
        if address.ipv6?.isLinkLocal == true {
            return isOnLink(address, at: field, ports, of: interface)
        }
        let holder = ports.networks[ports.vrf(interface)].holder(of: address)
        guard holder?.interface == interface else {
            guard !ports.networksAreUncertain else { return false }
            let networks = ports.addresses(interface).map { String(describing: $0.network) }
            var message = "\(address) is on no network of \(ports.title(interface)), "
            message +=
                networks.isEmpty
                ? "which has no address" : "which has \(networks.joined(separator: ", "))"
            if let holder {
                let kind = holder.interface < ports.ports.count ? "port" : "interface"
                message += "; did you mean \(kind) \"\(ports.name(holder.interface))\"?"
            }
            report(field, message)
            return false
        }
        return isForeignHost(address, at: field, ports, in: ports.vrf(interface))
    }

    /// Whether a link-local address can be that of another host behind an interface.
    mutating func isOnLink(
        _ address: IPAddress, at field: Field, _ ports: DecodedPorts, of interface: Int
    ) -> Bool {
        guard ports.hasIPv6(interface) else {
            report(
                field,
                "\(address) is link-local, and \(ports.title(interface)) has no IPv6 (ipv6: true)")
            return false
        }
        guard !ports.addresses(interface).contains(where: { $0.address == address }) else {
            report(field, "\(address) is \(ports.title(interface))'s own address")
            return false
        }
        return true
    }

    /// Whether the address, which is on an interface's network, can be another host's.
    mutating func isForeignHost(
        _ address: IPAddress, at field: Field, _ ports: DecodedPorts, in vrf: String
    ) -> Bool {
        if let owner = ports.networks[vrf].owner(of: address) {
            report(field, "\(address) is \(ports.title(owner))'s own address")
            return false
        }
        guard let network = ports.networks[vrf].holder(of: address)?.address,
            !network.allowsHost(address)
        else { return true }
        let kind = address == network.network.address ? "network's own" : "broadcast"
        report(field, "\(address) is the \(kind) address of \(network.network)")
        return false
    }
}
