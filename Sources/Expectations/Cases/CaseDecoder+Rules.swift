// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketFields

extension CaseDecoder {
    mutating func ignoredFields(_ field: Field?) -> Set<FieldName> {
        guard let field,
            let items = items(
                field, expected: "a list of fields such as [ipv4.identification]")
        else { return [] }
        var places: [FieldName: Location] = [:]
        for item in items {
            guard let text = scalar(item, expected: "a field such as ipv4.identification"),
                let name = fieldName(text, item.node.location, item.path)
            else { continue }
            if let first = places[name] {
                reportRepeated(item.node.location, item.path, first)
            } else {
                places[name] = item.node.location
            }
        }
        return Set(places.keys)
    }

    mutating func masks(_ field: Field?, ignored: Set<FieldName>) -> [FieldName: UInt64] {
        guard let field,
            let named = namedFields(
                field, expected: "masks by field such as {ipv4.typeOfService: 0xfc}")
        else { return [:] }
        var masks: [FieldName: UInt64] = [:]
        for (name, value) in named {
            if let mask = decodeMask(name, value, ignored) { masks[name] = mask }
        }
        return masks
    }

    private mutating func decodeMask(
        _ name: FieldName, _ value: Field, _ ignored: Set<FieldName>
    ) -> UInt64? {
        guard let bits = name.definition.bitCount, bits <= 64 else {
            report(value, "\(name.rawValue) has no bits to mask; name it in \"ignore\" instead")
            return nil
        }
        let largest: UInt64 = bits == 64 ? .max : (1 << UInt64(bits)) - 1
        func expected() -> String {
            "the bits that are compared, such as 0x\(String(largest, radix: 16)) for all \(bits)"
        }
        guard let text = scalar(value, expected: expected()) else { return nil }
        guard let mask = FieldValue.number(text), mask <= largest else {
            reportFound(value, expected: expected())
            return nil
        }
        guard mask != 0 else {
            report(value, "0 compares nothing; name \(name.rawValue) in \"ignore\" instead")
            return nil
        }
        guard !ignored.contains(name) else {
            report(value, "\(name.rawValue) is in \"ignore\" too; remove one of the two")
            return nil
        }
        return mask
    }

    mutating func drops(_ field: Field) -> DropExpectation {
        var result = DropExpectation(frames: [:], origin: Origin(field.node.location))
        guard case .mapping(let entries) = field.node.value else {
            reportFound(field, expected: "frames by drop reason such as {badChecksum: 1}, or {}")
            return result
        }
        var places: [String: Location] = [:]
        for entry in entries {
            guard let reason = keyName(entry.key, in: field.path) else { continue }
            let path = field.path.appending(reason.onOneLine)
            guard dropReasons.contains(reason) else {
                let hint =
                    Spelling.nearest(to: reason, among: dropReasons).map {
                        "did you mean \"\($0)\"?"
                    } ?? "the reasons are \(dropReasons.joined(separator: ", "))"
                report(entry.key.location, path, "there is no such drop reason; \(hint)")
                continue
            }
            if let first = places[reason] {
                reportRepeated(entry.key.location, path, first)
                continue
            }
            places[reason] = entry.key.location
            if let count = integer(
                Field(node: entry.value, path: path), in: 0...1_000_000_000_000,
                of: "a number of frames")
            {
                result.frames[reason] = UInt64(count)
            }
        }
        return result
    }
}
