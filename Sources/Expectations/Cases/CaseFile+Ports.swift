// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration

extension CaseFile {
    /// Holds the ports and next hops that the case names against its configuration.
    /// - Throws: all that the configuration lacks, in one error.
    public func check(against configuration: Configuration) throws(ConfigurationErrors) {
        let names = configuration.ports.map(\.name)
        var diagnostics: [Diagnostic] = []
        func report(_ field: String, _ origin: Origin, _ message: String) {
            diagnostics.append(
                Diagnostic(
                    path: path, location: origin.location, field: field, message: message))
        }
        for (port, field, origin) in namedPorts where !names.contains(port) {
            let hint =
                Spelling.nearest(to: port, among: names).map { "did you mean \"\($0)\"?" }
                ?? "its ports are \(names.joined(separator: ", "))"
            report(field, origin, "the configuration has no port \(port.quoted); \(hint)")
        }
        for (index, share) in shares.enumerated() {
            for address in share.unknownNextHops(configuration) {
                report(
                    "shares[\(index)].nextHops", share.origin,
                    "the configuration has no neighbour \(address), and what goes there is known by its "
                        + "MAC address alone")
            }
        }
        guard diagnostics.isEmpty else { throw ConfigurationErrors(diagnostics) }
    }

    private var namedPorts: [(port: String, field: String, origin: Origin)] {
        var ports = inputs.enumerated().map { ($1.port, "in[\($0)].port", $1.origin) }
        for (index, packet) in packets.enumerated() {
            let key = packet.ports.count > 1 ? "ports" : "port"
            ports += packet.ports.map { ($0, "expect[\(index)].\(key)", packet.origin) }
        }
        for (index, share) in shares.enumerated() {
            for part in share.parts {
                guard case .port(let port) = part.way else { continue }
                ports.append((port, "shares[\(index)].ports", share.origin))
            }
        }
        ports += frames.enumerated().map { ($1.port, "frames[\($0)].port", $1.origin) }
        for (index, step) in steps.enumerated() {
            guard case .link(let port, _) = step.action else { continue }
            ports.append((port, "steps[\(index)].link.port", step.origin))
        }
        return ports
    }

    /// What is wrong with the answer to a query; `nil` when nothing is, or the step is none.
    /// - Parameter answer: JSON.
    public func difference(
        _ step: CaseStep, answer: some Sequence<UInt8>
    ) -> Difference? {
        guard case .query(let path, let expect) = step.action else { return nil }
        let fields = expect.differences(from: answer)
        guard !fields.isEmpty else { return nil }
        return Difference(
            .query, fields: fields, place: "\(step.origin.text(in: self.path)): \(path)")
    }
}
