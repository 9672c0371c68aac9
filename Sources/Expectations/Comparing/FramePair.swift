// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Two frames taken apart side by side.
struct FramePair {
    let expected: FrameFields
    let got: FrameFields
    let rules: ComparisonRules
    /// The fields that differ, with where they stand in each frame.
    let differing: [(expected: FrameField?, got: FrameField?)]

    init(_ expected: FrameFields, _ got: FrameFields, _ rules: ComparisonRules) {
        self.expected = expected
        self.rules = rules
        let own = Self.differing(expected, got, rules)
        // A type or a length that differs gives all that follows other names. When the bytes that
        // follow are the same, that one field is all there is to tell.
        if expected.bytes.count == got.bytes.count, expected.fields != got.fields {
            let alike = FrameFields(got.bytes, like: expected)
            let fields = Self.differing(expected, alike, rules)
            if !fields.isEmpty, Self.cost(fields) < Self.cost(own) {
                self.got = alike
                differing = fields
                return
            }
        }
        self.got = got
        differing = own
    }

    private static func differing(
        _ expected: FrameFields, _ got: FrameFields, _ rules: ComparisonRules
    ) -> [(expected: FrameField?, got: FrameField?)] {
        var differing: [(FrameField?, FrameField?)] = []
        // A name can come twice: each goes with the next one of that name.
        var left: [FieldName: [FrameField]] = [:]
        for field in got.fields.reversed() { left[field.name, default: []].append(field) }
        for field in expected.fields {
            let other = left[field.name]?.popLast()
            if !agree(field, other, expected, got, rules) { differing.append((field, other)) }
        }
        for field in got.fields where left[field.name]?.contains(field) == true {
            if !agree(nil, field, expected, got, rules) { differing.append((nil, field)) }
        }
        return differing
    }

    private static func agree(
        _ mine: FrameField?, _ other: FrameField?, _ expected: FrameFields, _ got: FrameFields,
        _ rules: ComparisonRules
    ) -> Bool {
        guard let name = (mine ?? other)?.name else { return true }
        if rules.leavesOut(name) { return true }
        let first = mine.map { expected.compared($0, rules) } ?? []
        let second = other.map { got.compared($0, rules) } ?? []
        if name.kind == .bytes { return first == second }
        return mine != nil && other != nil && first == second
    }

    /// What to tell about the fields that differ.
    var fieldDifferences: [FieldDifference] {
        let fields = differing.map { mine, other in
            let texts = texts(mine, other)
            return FieldDifference(
                name: (mine ?? other)?.name.rawValue ?? "", expected: texts.expected,
                got: texts.got)
        }
        guard fields.isEmpty else { return fields }
        // The frames differ in what no field of both says: only their length can be told.
        return [
            FieldDifference(
                name: "frame", expected: "\(expected.bytes.count) bytes",
                got: "\(got.bytes.count) bytes")
        ]
    }

    private func texts(
        _ mine: FrameField?, _ other: FrameField?
    ) -> (expected: String?, got: String?) {
        guard let mine, let other else {
            return (mine.map { expected.text(of: $0) }, other.map { got.text(of: $0) })
        }
        return FieldValue.texts(
            expected.value(of: mine), got.value(of: other), as: mine.name.definition)
    }

    /// How unlike the frames are: a payload weighs as much as three fields, and a checksum follows
    /// from the rest.
    var cost: Int { Self.cost(differing) }

    private static func cost(_ differing: [(expected: FrameField?, got: FrameField?)]) -> Int {
        differing.reduce(0) { sum, pair in
            guard let name = (pair.expected ?? pair.got)?.name else { return sum }
            if name.isChecksum { return sum + 1 }
            return sum + (name == .payload ? 12 : 4)
        }
    }

    /// From here on two frames are two frames, not one that has changed.
    static let costOfTwoFrames = 32
}

extension FrameFields {
    /// The bytes of a field as the rules have them compared.
    fileprivate func compared(_ field: FrameField, _ rules: ComparisonRules) -> [UInt8] {
        let mayBePadded =
            rules.order != .strict && bytes.count <= ComparisonRules.paddedByteCount
        if field.name == .ethernetPadding, mayBePadded { return [] }
        if let bits = bits(of: field), field.name.kind != .bytes {
            let masked = bits & (rules.masks[field.name] ?? .max)
            return (0..<8).map { UInt8(truncatingIfNeeded: masked >> (8 * UInt64($0))) }
        }
        var value = Array(bytes[field.byteRange])
        if field.name == .payload, mayBePadded, packetEnd == nil {
            value += [UInt8](
                repeating: 0, count: ComparisonRules.paddedByteCount - bytes.count)
        }
        return value
    }
}
