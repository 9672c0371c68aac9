// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
import PacketHeaders

extension ShareExpectation {
    /// What a frame says that its share depends on.
    private struct Sent {
        let way: Way
        let flow: FlowKey
        let bytes: [UInt8]
    }

    /// Holds the frames that left against the shares.
    /// - Parameters:
    ///   - got: what left each port, by name.
    ///   - configuration: where next hops are.
    ///   - path: the case file, for messages.
    /// - Returns: one difference with all true numbers, or `nil`.
    public func difference(
        got: [String: [CapturedFrame]], configuration: Configuration, path: String
    ) -> Difference? {
        let sent = sent(got, configuration)
        // By what routing keeps of a flow: tags are those of the way out.
        var flows: [FlowKey: Set<Way>] = [:]
        var counts: [Way: Int] = [:]
        var example: [FlowKey: [UInt8]] = [:]
        for frame in sent {
            switch unit {
            case .frames: counts[frame.way, default: 0] += 1
            case .flows:
                if flows[frame.flow, default: []].insert(frame.way).inserted {
                    counts[frame.way, default: 0] += 1
                }
                if example[frame.flow] == nil { example[frame.flow] = frame.bytes }
            }
        }
        let total = unit == .frames ? sent.count : flows.count
        let split = flows.filter { $0.value.count > 1 }
        let isRight =
            total > 0 && total == count ?? total && split.isEmpty
            && parts.allSatisfy { $0.bounds.contains(counts[$0.way] ?? 0, of: total) }
        guard !isRight else { return nil }
        var fields = parts.map { part in
            let own = counts[part.way] ?? 0
            return FieldDifference(
                name: "\(part.way)", expected: "\(part.bounds)",
                got: "\(ShareBounds.percent(own, of: total)), \(own) of \(total) \(unit.rawValue)")
        }
        if total != count ?? max(1, total) {
            fields.append(
                FieldDifference(
                    name: unit.rawValue, expected: count.map(String.init) ?? "some",
                    got: String(total)))
        }
        if !split.isEmpty {
            // The first by name, so that each run names the same one.
            let names = split.keys.compactMap { example[$0] }.map(FlowName.text).sorted()
            fields.append(
                FieldDifference(
                    name: "flows that go several ways", expected: "0",
                    got: "\(split.count), such as \(names.first ?? "")"))
        }
        return Difference(.shares, fields: fields, place: origin.text(in: path))
    }

    /// The frames that count, with the way that each took.
    private func sent(_ got: [String: [CapturedFrame]], _ configuration: Configuration) -> [Sent] {
        var ports: [String: Way] = [:]
        var hosts: [String: [Host: Way]] = [:]
        for part in parts {
            switch part.way {
            case .port(let name): ports[name] = part.way
            case .nextHop(let address):
                for neighbour in configuration.neighbours where neighbour.address == address {
                    let port = configuration.ports[
                        configuration.port(ofInterface: neighbour.interface)
                    ].name
                    let vlans = configuration[interface: neighbour.interface].vlans
                    hosts[port, default: [:]][Host(mac: neighbour.mac, vlans: vlans)] = part.way
                }
            }
        }
        return got.keys.sorted().flatMap { port -> [Sent] in
            guard ports[port] != nil || hosts[port] != nil else { return [] }
            return (got[port] ?? []).compactMap { frame in
                guard counts(frame.bytes) else { return nil }
                let way = ports[port] ?? Host(frame.bytes).flatMap { hosts[port]?[$0] }
                let flow = frame.bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)).flow }
                return way.map { Sent(way: $0, flow: flow, bytes: frame.bytes) }
            }
        }
    }

    /// Whom a frame goes to: one host may be a neighbour on several VLANs of a port.
    private struct Host: Hashable {
        let mac: MACAddress
        let vlans: [UInt16]

        init(mac: MACAddress, vlans: [UInt16]) {
            self.mac = mac
            self.vlans = vlans
        }

        /// Nil for bytes that are no Ethernet frame.
        init?(_ bytes: [UInt8]) {
            let found = bytes.withUnsafeBytes { raw -> Host? in
                EthernetHeader(FrameBytes(raw)).map { header in
                    let stack = VLANStack(header)
                    return Host(
                        mac: header.destination,
                        vlans: (0..<stack.count).compactMap { stack.tag(at: $0)?.identifier })
                }
            }
            guard let found else { return nil }
            self = found
        }
    }

    private func counts(_ bytes: [UInt8]) -> Bool {
        guard let destination else { return true }
        return bytes.withUnsafeBytes { raw in
            let summary = FrameSummary(FrameBytes(raw))
            let end = summary.isSourceFirst ? summary.flow.second : summary.flow.first
            switch summary.flow.kind {
            case .ethernet: return false
            case .ipv4:
                let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: end.addressLow))
                return destination.contains(IPAddress(address))
            case .ipv6:
                return destination.contains(IPAddress(high: end.addressHigh, low: end.addressLow))
            }
        }
    }

    /// What the configuration lacks of the next hops.
    func unknownNextHops(_ configuration: Configuration) -> [IPAddress] {
        parts.compactMap { part in
            guard case .nextHop(let address) = part.way,
                !configuration.neighbours.contains(where: { $0.address == address })
            else { return nil }
            return address
        }
    }
}
