// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension ConfigurationDecoder {
    mutating func decodePorts(_ root: Fields<Keys.Root>) {
        typealias Port = Configuration.Port
        let shape = "at least one port, such as \"wan: {device: pci:0000:3b:00.0}\""
        guard let field = required(.ports, in: root, hint: "give \(shape)") else {
            ports.networksAreUncertain = true
            return
        }
        guard case .mapping(let entries) = field.node.value, !entries.isEmpty else {
            reportFound(field, expected: shape)
            ports.networksAreUncertain = true
            return
        }
        var firstLocations: [String: Location] = [:]
        var firstOwners: [String: String] = [:]
        for entry in entries {
            guard let name = keyName(entry.key, in: field.path) else { continue }
            let path = field.path.appending(name.onOneLine)
            if let first = firstLocations[name] {
                reportRepeated(entry.key.location, path, first)
                ports.networksAreUncertain = true
                continue
            }
            firstLocations[name] = entry.key.location
            if firstLocations.count == Port.maximumCount + 1 {
                report(
                    entry.key.location, path,
                    "port \(firstLocations.count); DPDK has room for \(Port.maximumCount) ports")
            }
            if firstLocations.count > Port.maximumCount {
                ports.networksAreUncertain = true
                continue
            }
            if !Port.isValidName(name) {
                report(
                    entry.key.location, path,
                    "\(name.quoted) is no name for a port; expected a letter, then letters, digits,"
                        + " - and _, at most \(Port.maximumNameLength)"
                        + (name.contains(".")
                            ? "; interfaces of tagged frames are in \"interfaces\"" : ""))
            }
            let port = decodePort(
                named: name, entry, Field(node: entry.value, path: path))
            var interface = Configuration.Interface(
                name: name, port: ports.ports.count, addresses: port.addresses, ipv6: port.ipv6)
            interface.ra = port.ra
            checkIPv6(interface, mtu: port.mtu, path, entry.key.location)
            if let resource = port.device.exclusiveResource, !port.device.isPlaceholder {
                if let owner = firstOwners[resource] {
                    report(
                        ports.fields.last.flatMap { $0[.device] }?.node.location,
                        path.appending("device"),
                        "\(resource) is port \(owner)'s already")
                } else {
                    firstOwners[resource] = name
                }
            }
            ports.add(port)
        }
    }

    private mutating func decodePort(
        named name: String, _ entry: YAMLEntry, _ field: Field
    ) -> Configuration.Port {
        typealias Port = Configuration.Port
        var port = Port(
            name: name, device: .placeholder, origin: Origin(entry.key.location))
        let errorsBefore = diagnostics.errorCount
        let fields = fields(field, SectionKey<Port>.self)
        // A misspelt key may well be "addresses".
        if diagnostics.errorCount > errorsBefore { ports.networksAreUncertain = true }
        guard let fields else { return port }
        ports.fields.append(fields)
        decode(fields, into: &port)
        return port
    }

    mutating func device(_ field: Field) -> Configuration.Device? {
        let expected =
            "a device such as pci:0000:3b:00.0, vdev:net_null0, pcap:traffic.pcap, interface:eth1"
            + " or tap:freeway0"
        guard let text = scalar(field, expected: expected) else { return nil }
        do throws(Configuration.Device.Malformed) {
            return try Configuration.Device(text)
        } catch {
            report(field, "found \(text.quoted), \(error.message)")
            return nil
        }
    }

    mutating func queues(_ field: Field, of device: Configuration.Device) -> Int? {
        guard
            let queues = integer(
                field, in: Configuration.Port.queuesRange, of: "a number of queues")
        else { return nil }
        if let most = device.queueLimits.receive, queues > most, !device.isPlaceholder {
            report(
                field,
                "found \(queues), but \(device) has \(most) receive queue\(most == 1 ? "" : "s")")
            return nil
        }
        return queues
    }

    /// The addresses of the interface that is read now, held against those of the ones before.
    mutating func decodeAddresses(
        _ field: Field, in vrf: String
    ) -> [Configuration.InterfaceAddress] {
        guard let items = items(field, expected: "a list such as [192.0.2.1/24]") else {
            ports.networksAreUncertain = true
            return []
        }
        let most = Configuration.Port.maximumAddressCount
        if items.count > most {
            report(field, "found \(items.count) addresses, expected at most \(most)")
        }
        var addresses: [Configuration.InterfaceAddress] = []
        for item in items.prefix(most) {
            guard let address = interfaceAddress(item) else {
                ports.networksAreUncertain = true
                continue
            }
            if addresses.contains(where: { $0.address == address.address }) {
                report(item, "\(address.address) is given twice")
            } else if address.isOfLink, let first = addresses.first(where: \.isOfLink) {
                report(item, "\(address) is a second link-local address beside \(first)")
            } else if let other = ports.networks[vrf].overlap(with: address.network) {
                let title = ports.title(other.interface)
                report(item, "\(address) overlaps \(other.address) of \(title)")
            } else {
                addresses.append(address)
            }
        }
        return addresses
    }

    private mutating func interfaceAddress(_ field: Field) -> Configuration.InterfaceAddress? {
        guard
            let (address, length) = addressAndLength(
                field, from: 1,
                expected: "an address with its prefix length such as 192.0.2.1/24 or 2001:db8::1/64"
            )
        else { return nil }
        let result = Configuration.InterfaceAddress(address: address, prefixLength: length)
        guard address.isUnicast else {
            report(field, "\(result) is not the address of one host")
            return nil
        }
        guard result.allowsHost(address) else {
            let kind = address == result.network.address ? "network's own" : "broadcast"
            let network = result.network.address
            let first = IPAddress(high: network.high, low: network.low + 1)
            report(
                field,
                "\(address) is the \(kind) address of \(result.network); the first host is"
                    + " \(first)/\(length)")
            return nil
        }
        return result
    }
}

extension Configuration.Device {
    /// Stands in for a device that could not be understood, and never leaves the decoder: an error
    /// has been reported.
    static var placeholder: Self { .vdev(name: "", arguments: "") }
    var isPlaceholder: Bool { self == .placeholder }
}
