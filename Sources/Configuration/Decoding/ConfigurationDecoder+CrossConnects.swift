// SPDX-License-Identifier: Apache-2.0

extension ConfigurationDecoder {
    mutating func decodeCrossConnects(
        _ root: Fields<Keys.Root>, _ ports: DecodedPorts
    ) -> [Configuration.CrossConnect] {
        let shape = "a list of pairs such as [[left, right]]"
        guard
            let field = required(
                .crossConnect, in: root, hint: "say which ports are joined: \(shape)"),
            let pairs = items(field, expected: shape)
        else { return [] }
        var result: [Configuration.CrossConnect] = []
        var firstUses: [Int: Location] = [:]
        var everyNameIsKnown = true
        for pair in pairs {
            guard let names = items(pair, expected: "a pair such as [left, right]") else {
                everyNameIsKnown = false
                continue
            }
            var ends: [Int] = []
            for name in names {
                guard let index = interfaceIndex(name, ports) else {
                    everyNameIsKnown = false
                    continue
                }
                if let first = firstUses[index] {
                    report(
                        name,
                        "\(ports.title(index)) is used twice; first at line \(first.line),"
                            + " column \(first.column)")
                } else {
                    firstUses[index] = name.node.location
                    ends.append(index)
                }
            }
            if names.count != 2 {
                report(pair, "found \(names.count) ports, expected a pair such as [left, right]")
            } else if ends.count == 2 {
                result.append(
                    Configuration.CrossConnect(
                        left: ends[0], right: ends[1], origin: Origin(pair.node.location)))
            }
        }
        // A misspelt name leaves its port over, too: one error is enough.
        guard everyNameIsKnown else { return result }
        // Of a port with VLANs nobody need want the untagged frames.
        let tagged = Set(ports.vlanInterfaces.map(\.port))
        for index in 0..<ports.count where firstUses[index] == nil && !tagged.contains(index) {
            report(
                field,
                "\(ports.title(index)) is in no pair; join it to another"
                    + " \(index < ports.ports.count ? "port" : "interface") or remove it")
        }
        return result
    }

    /// The index of the port or interface that a value names.
    mutating func interfaceIndex(_ field: Field, _ ports: DecodedPorts) -> Int? {
        let expected = "the name of a port or of an interface"
        guard let name = scalar(field, expected: expected) else { return nil }
        if let index = ports.index(named: name) { return index }
        if ports.ports.isEmpty {
            // That there are no ports has been reported.
            return nil
        }
        report(
            field,
            "found \(name.quoted), which is no port\(ports.vlanInterfaces.isEmpty ? "" : " or interface");"
                + " \(ports.hint(for: name))")
        return nil
    }
}
