// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketFields

/// Turns the tree of a case file into a ``CaseFile``, gathering everything that is wrong with it.
struct CaseDecoder: DocumentDecoder {
    var diagnostics: DiagnosticLog
    let dropReasons: [String]
    /// Where each variable of `frames` occurs.
    var variables: [String: VariableUse] = [:]

    init(path: String, dropReasons: [String]) {
        diagnostics = DiagnosticLog(path: path)
        self.dropReasons = dropReasons
    }

    mutating func decode(_ root: YAMLNode) throws(ConfigurationErrors) -> CaseFile {
        guard
            let fields = fields(
                Field(node: root, path: .root), CaseKeys.Root.self,
                expected: "the keys \(CaseKeys.Root.list)")
        else { throw diagnostics.failure }
        var result = CaseFile(path: diagnostics.path)
        result.title = fields[.title].flatMap { title($0) }
        result.config =
            fields[.config].flatMap { filePath($0) } ?? CaseFile.defaultConfig
        result.rules.order = fields[.order].flatMap { choice($0) } ?? .flow
        result.anyMAC = flag(fields[.anyMAC])
        result.rules.ignored = ignoredFields(fields[.ignore])
        result.rules.masks = masks(fields[.mask], ignored: result.rules.ignored)
        result.rules.checksums = fields[.checksums].flatMap { choice($0) } ?? .literal
        result.inputs = fields[.in].map { inputs($0) } ?? []
        let order = result.rules.order
        result.packets = fields[.expect].map { packetExpectations($0, order: order) } ?? []
        result.shares = fields[.shares].map { shares($0) } ?? []
        result.drops = fields[.drops].map { drops($0) }
        result.nothingElse = flag(fields[.nothingElse])
        result.frames = fields[.frames].map { frames($0) } ?? []
        result.steps = fields[.steps].map { steps($0) } ?? []
        guard diagnostics.errors.isEmpty else { throw diagnostics.failure }
        return result
    }

    private mutating func title(_ field: Field) -> String? {
        let expected = "one line that says what the case proves"
        guard let text = scalar(field, expected: expected) else { return nil }
        // It is written to terminals as it is.
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !text.isEmpty, isPlain else {
            reportFound(field, expected: expected)
            return nil
        }
        return text
    }

    mutating func filePath(_ field: Field) -> String? {
        let expected = "the path of a configuration file"
        guard let text = scalar(field, expected: expected) else { return nil }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            reportFound(field, expected: expected)
            return nil
        }
        return text
    }

    private enum Truth: String, CaseIterable { case `true`, `false` }

    private mutating func flag(_ field: Field?) -> Bool {
        guard let field, let word: Truth = choice(field) else { return false }
        return word == .true
    }

    /// The items of a mapping whose keys are names of fields, without those that are none.
    mutating func namedFields(_ field: Field, expected: String) -> [(
        name: FieldName, value: Field
    )]? {
        guard case .mapping(let entries) = field.node.value else {
            reportFound(field, expected: expected)
            return nil
        }
        var places: [FieldName: Location] = [:]
        var result: [(FieldName, Field)] = []
        for entry in entries {
            guard let text = keyName(entry.key, in: field.path) else { continue }
            let path = field.path.appending(text.onOneLine)
            guard let name = fieldName(text, entry.key.location, path) else { continue }
            if let first = places[name] {
                reportRepeated(entry.key.location, path, first)
                continue
            }
            places[name] = entry.key.location
            result.append((name, Field(node: entry.value, path: path)))
        }
        return result
    }

    /// The field of a frame that a text names.
    mutating func fieldName(
        _ text: String, _ location: Location, _ path: FieldPath
    ) -> FieldName? {
        if let name = FieldName(rawValue: text) { return name }
        report(location, path, "\(text.quoted) is no field of a frame; \(Self.hint(text))")
        return nil
    }

    /// The nearest field, or what fields the header has.
    private static func hint(_ text: String) -> String {
        let names = FieldName.allCases.map(\.rawValue)
        if let near = Spelling.nearest(to: text, among: names) {
            return "did you mean \"\(near)\"?"
        }
        let header = text.prefix { $0 != "." } + "."
        let ofHeader = names.filter { $0.hasPrefix(header) }
        if !ofHeader.isEmpty {
            return "those of the header are \(ofHeader.joined(separator: ", "))"
        }
        // The last part alone, as in "timeToLive".
        if let owner = names.first(where: { $0.lowercased().hasSuffix(".\(text.lowercased())") }) {
            return "did you mean \"\(owner)\"?"
        }
        return "docs/expectations.md lists them"
    }
}
