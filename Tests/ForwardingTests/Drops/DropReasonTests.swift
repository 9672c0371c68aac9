// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketFields
import TestSupport
import Testing

/// The rows of the drop reasons, and the documents that are made of them; `make documents` writes these.
@Suite(.serialized) struct DropReasonTests {
    @Test func theFieldThatDecidedIsOneOfAFrame() {
        for reason in DropReason.allCases {
            guard let field = reason.row.field, !["frame.length", "port"].contains(field) else {
                continue
            }
            #expect(FieldName(rawValue: field) != nil, "\(reason): \(field)")
        }
    }

    @Test("docs/drop-reasons.md lists every reason, as the rows say")
    func document() throws {
        let lines = DropReason.allCases.map { reason in
            let row = reason.row
            return "| `\(reason.name)` | \(row.summary) | \(row.field.map { "`\($0)`" } ?? "") "
                + "| \(row.source ?? "") | \(row.isForReplays ? "" : "no") |"
        }
        #expect(
            try MadeDocument.holds(
                lines + [""], in: "docs/drop-reasons.md", after: "|---|", before: "A queue"))
    }

    @Test("config/case.schema.json knows every reason")
    func caseSchema() throws {
        let names = DropReason.allCases.map { "          \"\($0.name)\"" }
        let lines =
            ["      \"type\": \"object\",", "      \"propertyNames\": {", "        \"enum\": ["]
            + names.dropLast().map { $0 + "," } + names.suffix(1)
        #expect(
            try MadeDocument.holds(
                lines, in: "config/case.schema.json",
                after: "\"description\": \"Frames by drop reason",
                before: "]"))
    }
}
