// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// One packet in words, ready to be held against frames.
struct WantedPacket {
    let ports: [String]
    /// The frame that the words give: what they do not say has its usual value there.
    let bytes: [UInt8]
    /// What goes by its bytes alone, as all frames of it do.
    let flow: FlowName
    /// Where the case file says so.
    let place: String
    private let namesChecksum: Bool
    private let fields: [(name: FieldName, value: FieldValue, mask: UInt64?)]

    init(
        _ expectation: PacketExpectation, _ packet: PacketText, _ rules: ComparisonRules,
        path: String
    ) {
        ports = expectation.ports
        bytes = packet.bytes(forPort: "")
        flow = ComparedFrame(bytes, number: 0, rules).flow
        place = expectation.origin.text(in: path)
        namesChecksum = packet.namesChecksum
        let frame = FrameFields(bytes)
        fields = packet.comparedFields.compactMap { name in
            guard !rules.ignored.contains(name), let field = frame.field(name) else { return nil }
            return (name, frame.value(of: field), rules.masks[name])
        }
    }

    /// The words' fields that the frame does not have so; none when it is the packet.
    func fieldDifferences(_ frame: FrameFields) -> [FieldDifference] {
        fields.compactMap { name, value, mask in
            let got = frame.field(name).map { frame.value(of: $0) }
            guard !Self.agree(value, got, mask) else { return nil }
            let definition = name.definition
            guard let got else {
                return FieldDifference(
                    name: name.rawValue, expected: value.text(as: definition), got: nil)
            }
            let texts = FieldValue.texts(value, got, as: definition)
            return FieldDifference(
                name: name.rawValue, expected: texts.expected, got: texts.got)
        }
    }

    func matches(_ frame: FrameFields) -> Bool {
        fields.allSatisfy { name, value, mask in
            Self.agree(value, frame.field(name).map { frame.value(of: $0) }, mask)
        }
    }

    private static func agree(_ value: FieldValue, _ got: FieldValue?, _ mask: UInt64?) -> Bool {
        if let mask, case .number(let wanted) = value, case .number(let number) = got {
            return wanted & mask == number & mask
        }
        return value == got
    }

    /// The checksums of the frame that are wrong. What the words name is compared, and not judged.
    func wrongChecksums(_ frame: FrameFields, _ rules: ComparisonRules) -> [FieldDifference] {
        var rules = rules
        if namesChecksum { rules.ignored.insert(.ipv4HeaderChecksum) }
        return ChecksumCheck.wrong(in: frame, rules)
    }
}
