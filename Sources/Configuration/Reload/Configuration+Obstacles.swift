// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What this configuration changes of another one that only a restart can change, in file order.
    ///
    /// Devices, ports, queues, workers and memory are set up once, at the start; a reload replaces
    /// tables. A replay has its own devices, workers and memory: what the file says of them does not
    /// count there.
    public func obstacles(replacing old: Configuration, in purpose: Plan.Purpose) -> [Diagnostic] {
        var found: [Diagnostic] = []
        let way = purpose == .run ? ": restart Freeway" : ""
        func report(_ field: String, _ message: String) {
            found.append(
                diagnostic(
                    of: field, message + "; a reload cannot change this\(way)"))
        }
        func compare(_ field: String, _ new: String, _ old: String) {
            guard new != old else { return }
            report(field, "found \(new), but \(old) is in force")
        }
        compare("forward", forward.rawValue.quoted, old.forward.rawValue.quoted)
        comparePorts(old, report)
        guard purpose == .run else { return found.inFileOrder() }
        compare("workers", workers.description, old.workers.description)
        for setting in Self.settings.flatMap(\.keys) where setting.isRestarted {
            compare(setting.path, setting.text(self), setting.text(old))
        }
        for port in ports {
            guard let index = old.portIndex(named: port.name) else { continue }
            for row in Port.rows where row.effect == .onRestart {
                compare(
                    "ports.\(port.name).\(row.facts.name)", row.text(port),
                    row.text(old.ports[index]))
            }
        }
        return found.inFileOrder()
    }

    /// A diagnostic about a field of this configuration, with its place.
    public func diagnostic(of field: String, _ message: String) -> Diagnostic {
        Diagnostic(path: path, location: places[field], field: field, message: message)
    }

    private func comparePorts(_ old: Configuration, _ report: (String, String) -> Void) {
        let names = ports.map(\.name)
        let oldNames = old.ports.map(\.name)
        let list = oldNames.joined(separator: ", ")
        for name in names where !oldNames.contains(name) {
            let near = Spelling.nearest(to: name, among: oldNames.filter { !names.contains($0) })
            report(
                "ports.\(name)",
                "found a port that is not in force (those are \(list))"
                    + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
        for name in oldNames where !names.contains(name) {
            report("ports.\(name)", "found no such port, but it is in force")
        }
    }
}

extension Configuration.WorkerSelection: CustomStringConvertible {
    /// As the file writes it.
    public var description: String {
        switch self {
        case .automatic: Self.automaticWord.quoted
        case .count(let count): "\(count)"
        case .cpus(let cpus): "\(cpus)"
        }
    }
}
