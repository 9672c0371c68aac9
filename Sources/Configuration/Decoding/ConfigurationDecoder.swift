// SPDX-License-Identifier: Apache-2.0

/// Turns the tree of a file into a ``Configuration``, gathering everything that is wrong with it.
///
/// A method that returns `nil`, or a value after an error, has reported why.
struct ConfigurationDecoder: DocumentDecoder {
    var diagnostics: DiagnosticLog
    /// Those that were read so far.
    var ports = DecodedPorts()

    init(path: String) { diagnostics = DiagnosticLog(path: path) }

    /// Decodes the whole file.
    mutating func decode(_ root: YAMLNode) throws(ConfigurationErrors) -> Configuration {
        guard !root.isNull else {
            throw ConfigurationErrors([
                Diagnostic(path: diagnostics.path, message: Self.emptyMessage)
            ])
        }
        guard
            let fields = fields(
                Field(node: root, path: .root), Keys.Root.self,
                expected: "the keys \(Keys.Root.list)")
        else { throw diagnostics.failure }
        checkVersion(fields)
        let forward = decodeForwardMode(fields)
        let workers = decodeWorkers(fields[.workers])
        let memory = decode(fields[.memory], or: Configuration.Memory())
        decodePorts(fields)
        decodeInterfaces(fields[.interfaces])
        var result = Configuration(
            path: diagnostics.path, forward: forward ?? .crossConnect, workers: workers,
            memory: memory,
            ports: ports.ports, control: decode(fields[.control], or: Configuration.Control()),
            log: decode(fields[.log], or: Configuration.Log()))
        result.workersOrigin = Origin(fields[.workers]?.node.location)
        result.places = FieldPlaces(root)
        result.vlanInterfaces = ports.vlanInterfaces
        if let forward { refuseKeys(notFor: forward, fields) }
        if forward == .crossConnect {
            result.crossConnects = decodeCrossConnects(fields, ports)
        }
        if forward == .route {
            let neighbours = decodeNeighbours(fields[.neighbours], ports)
            result.neighbours = neighbours
            result.arp = decode(fields[.arp], or: Configuration.ARP())
            result.routes = decodeRoutes(
                fields[.routes], ports, capacity: memory.routes, neighbours: neighbours,
                asksForMACs: result.arp.requestsPerSecond > 0)
            result.hash = decode(fields[.hash], or: Configuration.Hash())
            result.icmp = decode(fields[.icmp], or: Configuration.ICMP())
        }
        guard diagnostics.errors.isEmpty else { throw diagnostics.failure }
        result.warnings = diagnostics.warnings.inFileOrder()
        return result
    }

    static let emptyMessage =
        "holds no configuration; start with \"version: 1\" (docs/configuration.md shows the rest)"

    private mutating func checkVersion(_ fields: Fields<Keys.Root>) {
        guard let field = required(.version, in: fields) else { return }
        guard let text = scalar(field, expected: "1") else { return }
        if text != "1" { reportFound(field, expected: "1, the only version there is") }
    }

    private mutating func decodeForwardMode(
        _ fields: Fields<Keys.Root>
    ) -> Configuration.ForwardMode? {
        required(.forward, in: fields).flatMap { choice($0) }
    }

    /// Keys that would have no effect in the mode are errors, like any other key without effect.
    private mutating func refuseKeys(
        notFor mode: Configuration.ForwardMode, _ fields: Fields<Keys.Root>
    ) {
        let other: Configuration.ForwardMode = mode == .route ? .crossConnect : .route
        func message() -> String {
            "applies to \"forward: \(other.rawValue)\" only, and this file says"
                + " \"forward: \(mode.rawValue)\""
        }
        let keys: [Keys.Root] =
            mode == .route ? [.crossConnect] : [.routes, .neighbours, .hash, .arp, .icmp]
        for key in keys {
            guard let location = fields.keyLocation(key) else { continue }
            report(location, .root.appending(key.rawValue), message())
        }
        func refuse<Section>(_ sections: [Fields<SectionKey<Section>>]) {
            for section in sections {
                for key in SectionKey<Section>.allCases where key.row.facts.mode == other {
                    guard let location = section.keyLocation(key) else { continue }
                    report(location, section.path.appending(key.rawValue), message())
                }
            }
        }
        refuse(ports.fields)
        refuse(ports.interfaceFields)
    }
}
