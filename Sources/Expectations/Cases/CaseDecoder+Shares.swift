// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

extension CaseDecoder {
    mutating func shares(_ field: Field) -> [ShareExpectation] {
        let shape = "a list such as [{of: 1000 flows, ports: {lan: 40..60 %, dmz: 40..60 %}}]"
        guard let items = items(field, expected: shape) else { return [] }
        return items.compactMap { decodeShare($0) }
    }

    private mutating func decodeShare(_ item: Field) -> ShareExpectation? {
        guard let keys = fields(item, CaseKeys.Share.self) else { return nil }
        var result = ShareExpectation([], origin: Origin(item.node.location))
        if let field = keys[.of] { decodeUnit(field, &result) }
        result.destination = keys[.to].flatMap { prefix($0) }
        switch (keys[.ports], keys[.nextHops]) {
        case (let field?, nil):
            result.parts = parts(field, named: "ports such as {lan: 40..60 %, dmz: 40..60 %}") {
                .port($0)
            }
        case (nil, let field?):
            result.parts = parts(
                field, named: "next hops such as {192.0.2.1: 40..60 %, 192.0.2.2: 40..60 %}"
            ) { IPAddress($0).map { .nextHop($0) } }
        default:
            report(
                item,
                "say the shares of the ways, with one of \"ports\" and \"nextHops\": "
                    + "ports: {lan: 40..60 %, dmz: 40..60 %}")
            return nil
        }
        return result
    }

    /// `flows`, `frames`, `1000 flows`
    private mutating func decodeUnit(_ field: Field, _ result: inout ShareExpectation) {
        let expected = "flows, frames, or how many of them there must be, such as 1000 flows"
        guard let text = scalar(field, expected: expected) else { return }
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 2, let count = Int(decimal: words[0]), count > 0 {
            result.count = count
            words.removeFirst()
        }
        guard words.count == 1, let unit = ShareExpectation.Unit(rawValue: String(words[0])) else {
            return reportFound(field, expected: expected)
        }
        result.unit = unit
    }

    private mutating func prefix(_ field: Field) -> IPPrefix? {
        let expected = "a network such as 10.0.0.0/8"
        guard
            let (address, length) = addressAndLength(field, from: 0, expected: expected)
        else { return nil }
        let prefix = IPPrefix(containing: address, length: length)
        guard prefix.address == address else {
            report(
                field, "\(address)/\(length) has bits beyond its length; did you mean \(prefix)?")
            return nil
        }
        return prefix
    }

    private mutating func parts(
        _ field: Field, named shape: String, way: (String) -> ShareExpectation.Way?
    ) -> [ShareExpectation.Part] {
        guard case .mapping(let entries) = field.node.value, !entries.isEmpty else {
            reportFound(field, expected: shape)
            return []
        }
        var places: [ShareExpectation.Way: Location] = [:]
        var parts: [ShareExpectation.Part] = []
        for entry in entries {
            guard let name = keyName(entry.key, in: field.path) else { continue }
            let path = field.path.appending(name.onOneLine)
            guard let way = way(name) else {
                report(entry.key.location, path, "\(name.quoted) is none of \(shape)")
                continue
            }
            if let first = places[way] {
                reportRepeated(entry.key.location, path, first)
                continue
            }
            places[way] = entry.key.location
            if let bounds = bounds(Field(node: entry.value, path: path)) {
                parts.append(ShareExpectation.Part(way, bounds))
            }
        }
        checkSum(field, parts)
        return parts
    }

    private mutating func bounds(_ field: Field) -> ShareBounds? {
        let expected = "a share such as 40..60 %, or 50 %"
        guard let text = scalar(field, expected: expected) else { return nil }
        if let bounds = ShareBounds(text) { return bounds }
        reportFound(field, expected: expected)
        return nil
    }

    /// Shares of one whole that cannot add up to it can never come true.
    private mutating func checkSum(_ field: Field, _ parts: [ShareExpectation.Part]) {
        let lowest = parts.reduce(0) { $0 + $1.bounds.lowest }
        let highest = parts.reduce(0) { $0 + $1.bounds.highest }
        guard !parts.isEmpty, lowest > ShareBounds.whole || highest < ShareBounds.whole else {
            return
        }
        report(
            field,
            "these are shares of what leaves by them all, and "
                + (lowest > ShareBounds.whole ? "come to more than 100 %" : "never come to 100 %"))
    }
}
