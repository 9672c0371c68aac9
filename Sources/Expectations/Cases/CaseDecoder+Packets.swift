// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketFields

extension CaseDecoder {
    /// All packets in words of a list, with those of all flows: more are better kept in a capture.
    static let mostPackets = 100_000

    mutating func inputs(_ field: Field) -> [PacketInput] {
        let shape = "a list such as [{port: wan, packet: ipv4 192.0.2.1 > 10.0.0.1 udp 1000 > 53}]"
        guard let items = items(field, expected: shape) else { return [] }
        var last: UInt64 = 0
        var inputs: [PacketInput] = []
        for item in items {
            guard let input = decodeInput(item) else { continue }
            if let at = input.at, at < last {
                report(item, "is earlier than the packet before it; write packets in their order")
            }
            last = max(last, input.at ?? last)
            inputs.append(input)
        }
        checkTotal(field, inputs.map(\.flows))
        return inputs
    }

    private mutating func decodeInput(_ item: Field) -> PacketInput? {
        guard let keys = fields(item, CaseKeys.Input.self) else { return nil }
        let port = required(.port, in: keys, hint: "name the port that receives the packet")
            .flatMap { scalar($0, expected: "the name of a port") }
        let packet = required(.packet, in: keys, hint: Self.packetHint).flatMap { self.packet($0) }
        let at = keys[.at].flatMap { decodeTime($0) }
        guard let port, let packet else { return nil }
        return PacketInput(
            port: port, packet: packet, flows: flows(keys[.flows], of: packet), at: at,
            origin: Origin(item.node.location))
    }

    private mutating func decodeTime(_ field: Field) -> UInt64? {
        let expected = "a time such as 1500ms or 2s (ns, us, ms, s, min)"
        guard let text = scalar(field, expected: expected) else { return nil }
        // Within a day, so that no sum of times is too large for what captures hold.
        guard let time = UInt64(nanosecondsOf: text), time <= 86_400_000_000_000 else {
            reportFound(field, expected: expected + ", at most a day")
            return nil
        }
        return time
    }

    mutating func packetExpectations(
        _ field: Field, order: ComparisonRules.Order
    ) -> [PacketExpectation] {
        let shape =
            "a list such as [{port: lan, packet: ipv4 192.0.2.1 > 10.0.0.1 udp 1000 > 53 ttl 63}]"
        guard let items = items(field, expected: shape) else { return [] }
        let expectations = items.compactMap { decodeExpectation($0, order) }
        checkTotal(field, expectations.map(\.flows))
        return expectations
    }

    private mutating func decodeExpectation(
        _ item: Field, _ order: ComparisonRules.Order
    ) -> PacketExpectation? {
        guard let keys = fields(item, CaseKeys.Expected.self) else { return nil }
        let ports = expectedPorts(item, keys, order)
        let field = required(.packet, in: keys, hint: Self.packetHint)
        let packet = field.flatMap { self.packet($0) }
        if let field, let packet, packet.tags.count > PacketText.mostNamedTags {
            report(field, "has more than \(PacketText.mostNamedTags) tags, which are not compared")
        }
        guard let ports, let packet else { return nil }
        return PacketExpectation(
            ports: ports, packet: packet, flows: flows(keys[.flows], of: packet),
            origin: Origin(item.node.location))
    }

    private mutating func expectedPorts(
        _ item: Field, _ keys: Fields<CaseKeys.Expected>, _ order: ComparisonRules.Order
    ) -> [String]? {
        switch (keys[.port], keys[.ports]) {
        case (let port?, nil):
            return scalar(port, expected: "the name of a port").map { [$0] }
        case (nil, let ports?):
            let expected = "a list of ports such as [lan, dmz]"
            guard let items = items(ports, expected: expected) else { return nil }
            let names = items.compactMap { scalar($0, expected: "the name of a port") }
            guard names.count == items.count else { return nil }
            guard names.count > 1, Set(names).count == names.count else {
                report(ports, "expected two ports or more, each once; one port is \"port: lan\"")
                return nil
            }
            guard order != .strict else {
                report(
                    ports, "order: strict is about the frames of one port; name it with \"port\"")
                return nil
            }
            return names
        case (_?, _?):
            report(item, "found port and ports; \"ports\" is for one of several")
        case (nil, nil):
            report(
                item,
                "missing the port that the packet leaves; write \"port: lan\", or "
                    + "\"ports: [lan, dmz]\" for one of several")
        }
        return nil
    }

    private static let packetHint = "write it in the words of freeway explain --packet"

    private mutating func packet(_ field: Field) -> PacketText? {
        let expected = "a packet such as ipv4 192.0.2.1 > 10.0.0.1 udp 1000 > 53"
        guard let text = scalar(field, expected: expected) else { return nil }
        do throws(PacketTextError) {
            return try PacketText(text)
        } catch {
            report(field, "\(text.quoted), \(error)")
            return nil
        }
    }

    private mutating func flows(_ field: Field?, of packet: PacketText) -> Int {
        guard let field else { return 1 }
        guard let most = packet.mostFlows else {
            report(field, "flows differ in their source port, and this packet has none")
            return 1
        }
        let what = "a number of flows, of which each has the next source port,"
        return integer(field, in: 1...most, of: what) ?? 1
    }

    private mutating func checkTotal(_ field: Field, _ flows: [Int]) {
        guard flows.reduce(0, +) > Self.mostPackets else { return }
        report(
            field,
            "\(flows.reduce(0, +)) packets; at most \(Self.mostPackets) can be written in words, keep "
                + "more in a capture")
    }
}
