// SPDX-License-Identifier: Apache-2.0

import Foundation
import PacketFields
import TestSupport
import Testing

/// The list of field names, and the document that lists them.
@Suite(.serialized) struct FieldCatalogueTests {
    @Test("each field is described once, in the order of the names")
    func complete() {
        #expect(FieldDefinition.all.map(\.name) == FieldName.allCases)
        for name in FieldName.allCases { #expect(name.definition.name == name) }
    }

    @Test("docs/expectations.md lists the same fields, as the rows say; make documents writes them")
    func documented() throws {
        let lines = FieldDefinition.all.map { definition in
            "| `\(definition.name.rawValue)` | \(definition.bitCount.map(String.init) ?? "any") "
                + "| \(definition.kind.word) | \(definition.meaning) |"
        }
        #expect(
            try MadeDocument.holds(
                lines + [""], in: "docs/expectations.md", after: "|---|---|---|---|",
                before: nil))
    }

    @Test("config/case.schema.json knows the same fields; make documents writes them")
    func caseSchema() throws {
        let names = FieldName.allCases.map { "        \"\($0.rawValue)\"" }
        let lines = ["      \"enum\": ["] + names.dropLast().map { $0 + "," } + names.suffix(1)
        #expect(
            try MadeDocument.holds(
                lines, in: "config/case.schema.json",
                after: "\"description\": \"A field of a",
                before: "]"))
    }

    @Test("a value is read as it is written, and nothing else is read")
    func values() {
        #expect(FieldValue("64", as: .decimal) == .number(64))
        #expect(FieldValue("0x40", as: .decimal) == .number(64))
        #expect(FieldValue("0", as: .hexadecimal) == .number(0))
        #expect(FieldValue("de ad:be ef", as: .bytes) == .bytes([0xde, 0xad, 0xbe, 0xef]))
        #expect(FieldValue("", as: .bytes) == .bytes([]))
        for text in ["", "-1", "+1", "010", "0x", "0x+1", "1.5", "64 ", "18446744073709551616"] {
            #expect(FieldValue(text, as: .decimal) == nil, "\(text)")
        }
        for text in ["d", "de a", "d e", "0xde", "de,ad", "ｄｅ"] {
            #expect(FieldValue(text, as: .bytes) == nil, "\(text)")
        }
        #expect(FieldValue("192.0.2", as: .ipv4Address) == nil)
        #expect(FieldValue("192.0.2.1", as: .macAddress) == nil)
        #expect(FieldValue("2001:db8::1", as: .ipv6Address) != nil)
    }
}
