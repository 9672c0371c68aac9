// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketFields

extension CaseDecoder {
    /// Where a variable occurs.
    struct VariableUse {
        let first: Field
        let kind: FieldKind
        var count = 1
    }

    mutating func frames(_ field: Field) -> [FrameExpectation] {
        let shape = "a list such as [{port: lan, frame: 1, fields: {ipv4.timeToLive: 63}}]"
        guard let items = items(field, expected: shape) else { return [] }
        let frames = items.compactMap { decodeFrame($0) }
        reportLoneVariables()
        return frames
    }

    private mutating func decodeFrame(_ item: Field) -> FrameExpectation? {
        guard let keys = fields(item, CaseKeys.Frame.self) else { return nil }
        let port = required(.port, in: keys, hint: "name the port that the frame leaves")
            .flatMap { scalar($0, expected: "the name of a port") }
        let number = required(.frame, in: keys, hint: "say which frame of the port, from 1")
            .flatMap { integer($0, in: 1...1_000_000_000, of: "the number of a frame") }
        let values =
            required(.fields, in: keys, hint: "say what the frame must say").map {
                expectedFields($0)
            } ?? []
        guard let port, let number else { return nil }
        return FrameExpectation(
            port: port, frame: number, fields: values, origin: Origin(item.node.location))
    }

    private mutating func expectedFields(_ field: Field) -> [FrameExpectation.Field] {
        let shape = "fields such as {ipv4.timeToLive: 63, tcp.sourcePort: $p}"
        guard let named = namedFields(field, expected: shape) else { return [] }
        if case .mapping(let entries) = field.node.value, entries.isEmpty {
            report(field, "found an empty mapping, expected \(shape)")
        }
        return named.compactMap { name, value in
            expectedValue(name, value).map { FrameExpectation.Field(name, $0) }
        }
    }

    private mutating func expectedValue(
        _ name: FieldName, _ field: Field
    ) -> FrameExpectation.Value? {
        let expected = "\(name.kind.expectation), or a variable such as $p"
        guard let text = scalar(field, expected: expected) else { return nil }
        if text.hasPrefix("$") { return decodeVariable(String(text.dropFirst()), name, field) }
        guard let value = FieldValue(text, as: name.kind) else {
            reportFound(field, expected: expected)
            return nil
        }
        if let reason = Self.impossible(value, name.definition) {
            report(field, "found \(field.node), and \(reason)")
            return nil
        }
        return .literal(value)
    }

    /// Why no frame can ever say that.
    private static func impossible(_ value: FieldValue, _ definition: FieldDefinition) -> String? {
        guard case .number(let number) = value, let bits = definition.bitCount, bits < 64 else {
            return nil
        }
        var unit: UInt64 = 1
        if case .units(let bytes) = definition.kind { unit = bytes }
        let largest = ((1 << UInt64(bits)) - 1) * unit
        if number > largest {
            return "the largest value of \(definition.name.rawValue) is \(largest)"
        }
        if number % unit != 0 {
            return "\(definition.name.rawValue) is a number of bytes, a multiple of \(unit)"
        }
        return nil
    }

    private mutating func decodeVariable(
        _ variable: String, _ name: FieldName, _ field: Field
    ) -> FrameExpectation.Value? {
        let letters = variable.unicodeScalars
        guard let first = letters.first, first.properties.isAlphabetic || first == "_",
            letters.allSatisfy({ $0.properties.isAlphabetic || $0 == "_" || ("0"..."9" ~= $0) })
        else {
            reportFound(field, expected: "a variable such as $p: a dollar and letters")
            return nil
        }
        guard let use = variables[variable] else {
            variables[variable] = VariableUse(first: field, kind: name.kind)
            return .variable(variable)
        }
        variables[variable]?.count += 1
        guard use.kind.isComparable(with: name.kind) else {
            report(
                field,
                "$\(variable) is \(use.kind.noun) at line \(use.first.node.location.line), and"
                    + " \(name.rawValue) is \(name.kind.noun)")
            return nil
        }
        return .variable(variable)
    }

    /// A variable that occurs once says nothing: it is misspelt, or its other frame is missing.
    private mutating func reportLoneVariables() {
        for (variable, use) in variables.sorted(by: { $0.key < $1.key }) where use.count == 1 {
            let others = variables.keys.filter { $0 != variable }.sorted()
            let hint =
                others.first { Spelling.isNear(variable, $0) }.map { "did you mean \"$\($0)\"?" }
                ?? "use it in a second frame, or remove it"
            report(use.first, "$\(variable) occurs only here, so it says nothing; \(hint)")
        }
    }
}

extension Spelling {
    fileprivate static func isNear(_ word: String, _ other: String) -> Bool {
        nearest(to: word, among: [other]) != nil
    }
}

extension FieldKind {
    /// Whether values of the two kinds can be equal at all.
    fileprivate func isComparable(with other: FieldKind) -> Bool { noun == other.noun }

    fileprivate var noun: String {
        switch self {
        case .decimal, .hexadecimal, .units, .ipv4Flags, .tcpFlags: "a number"
        case .macAddress: "a MAC address"
        case .ipv4Address: "an IPv4 address"
        case .ipv6Address: "an IPv6 address"
        case .bytes: "bytes"
        }
    }
}
