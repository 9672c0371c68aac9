// SPDX-License-Identifier: Apache-2.0

extension ConfigurationDecoder {
    /// The interfaces of tagged frames; those of untagged frames are the ports.
    mutating func decodeInterfaces(_ field: Field?) {
        typealias Interface = Configuration.Interface
        guard let field else { return }
        guard case .mapping(let entries) = field.node.value else {
            reportFound(
                field, expected: "interfaces such as \"lan.100: {addresses: [192.0.2.1/24]}\"")
            ports.networksAreUncertain = true
            return
        }
        var firstLocations: [String: Location] = [:]
        var counts: [Int: Int] = [:]
        for entry in entries {
            guard let name = keyName(entry.key, in: field.path) else { continue }
            let path = field.path.appending(name.onOneLine)
            if let first = firstLocations[name] {
                reportRepeated(entry.key.location, path, first)
                ports.networksAreUncertain = true
                continue
            }
            firstLocations[name] = entry.key.location
            if firstLocations.count == Interface.maximumCount + 1 {
                report(
                    entry.key.location, path,
                    "interface \(firstLocations.count); there is room for \(Interface.maximumCount)"
                )
            }
            guard firstLocations.count <= Interface.maximumCount,
                let interface = decodeInterface(
                    named: name, entry, Field(node: entry.value, path: path))
            else {
                ports.networksAreUncertain = true
                continue
            }
            checkVRFCount(interface, entry.key.location, path)
            counts[interface.port, default: 0] += 1
            if counts[interface.port] == Interface.maximumCountOfPort + 1 {
                let name = ports.name(interface.port)
                report(
                    entry.key.location, path,
                    "port \(name) has room for \(Interface.maximumCountOfPort) interfaces")
            }
            ports.add(interface)
        }
    }

    private mutating func checkVRFCount(
        _ interface: Configuration.Interface, _ location: Location, _ path: FieldPath
    ) {
        // The main one is not counted.
        guard ports.vrfs.count > Configuration.VRF.maximumCount,
            !ports.vrfs.contains(interface.vrf)
        else { return }
        report(
            location, path.appending("vrf"),
            "there is room for \(Configuration.VRF.maximumCount) VRFs beside the main one")
    }

    private mutating func decodeInterface(
        named name: String, _ entry: YAMLEntry, _ field: Field
    ) -> Configuration.Interface? {
        guard let (port, vlans) = portAndVLANs(name, entry.key.location, field.path) else {
            return nil
        }
        var interface = Configuration.Interface(
            name: name, port: port, vlans: vlans, origin: Origin(entry.key.location))
        var mtuLocation: Location?
        // There may be nothing to say of it: "lan.100:" is an interface in a cross-connect.
        if !field.node.isNull {
            let errorsBefore = diagnostics.errorCount
            let fields = fields(field, SectionKey<Configuration.Interface>.self)
            if diagnostics.errorCount > errorsBefore { ports.networksAreUncertain = true }
            guard let fields else { return interface }
            ports.interfaceFields.append(fields)
            decode(fields, into: &interface)
            mtuLocation = fields[.mtu]?.node.location
        }
        let parent = ports.ports[port]
        let most = interface.mostMTU(on: parent)
        if most < Configuration.Port.mtuRange.lowerBound {
            report(
                entry.key.location, field.path,
                "port \(parent.name), whose mtu is \(parent.mtu), leaves \(most) for IPv4, which needs"
                    + " \(Configuration.Port.mtuRange.lowerBound)")
        } else if let mtu = interface.ownMTU, mtu > most {
            report(
                mtuLocation, field.path.appending("mtu"),
                "found \(mtu), but port \(parent.name), whose mtu is \(parent.mtu), leaves \(most)")
        }
        checkIPv6(
            interface, mtu: interface.mtu(on: parent), field.path, entry.key.location)
        return interface
    }

    /// What a name such as `lan.100` or `lan.100.7` says.
    private mutating func portAndVLANs(
        _ name: String, _ location: Location, _ path: FieldPath
    ) -> (port: Int, vlans: [UInt16])? {
        let range = Configuration.Interface.vlanRange
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let port = ports.index(named: String(parts[0])) else {
            // That there are no ports has been reported.
            if !ports.ports.isEmpty {
                let hint = ports.hint(for: String(parts[0]))
                report(location, path, "\(String(parts[0]).quoted) is no port; \(hint)")
            }
            return nil
        }
        guard parts.count > 1 else {
            report(
                location, path,
                "the settings of untagged frames are those of the port, in ports.\(name); an interface of"
                    + " tagged frames is called \(name).VLAN")
            return nil
        }
        let vlans = parts.dropFirst().map { Int(decimal: $0) }
        guard vlans.count <= 2, vlans.allSatisfy({ $0.map(range.contains) ?? false }) else {
            report(
                location, path,
                "\(name.quoted) is no name for an interface; expected the port's, a VLAN from"
                    + " \(range.lowerBound) to \(range.upperBound), and perhaps an inner one, such as"
                    + " \(parts[0]).100 or \(parts[0]).100.7")
            return nil
        }
        return (port, vlans.map { UInt16($0 ?? 0) })
    }
}

extension SectionKey<Configuration.Interface> {
    static let mtu = SectionKey(rawValue: "mtu")!
}
