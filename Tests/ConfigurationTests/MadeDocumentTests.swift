// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import FreewayConfiguration

/// The documents that are made of the configuration's rows; `make documents` writes them.
@Suite(.serialized) struct MadeDocumentTests {
    @Test("docs/configuration.md has the table of all keys, as the rows say")
    func table() throws {
        #expect(
            try MadeDocument.holds(
                KeyTable.lines + [""], in: "docs/configuration.md", after: "|---|---|---|---|---|",
                before: "##"))
    }

    @Test("config/freeway.schema.json has the keys of each section, as the rows say")
    func schema() throws {
        let path = "config/freeway.schema.json"
        for (section, keys) in Configuration.settings {
            #expect(
                try MadeDocument.schemaHolds(
                    keys.map(\.facts.schemaLine), in: path, key: "    \"\(section)\""))
        }
        #expect(
            try MadeDocument.schemaHolds(
                Configuration.Port.rows.map(\.facts.schemaLine), in: path, key: "    \"port\""))
        #expect(
            try MadeDocument.schemaHolds(
                Configuration.Interface.rows.map(\.facts.schemaLine), in: path,
                key: "    \"interface\""))
        #expect(
            try MadeDocument.schemaHolds(
                Configuration.RouterAdvertisement.rows.map(\.facts.schemaLine), in: path,
                key: "    \"ra\""))
        for (definition, facts) in [
            ("route", Keys.Route.allCases.map(\.facts)),
            ("nextHop", Keys.NextHop.allCases.map(\.facts)),
            ("way", Keys.Way.allCases.map(\.facts)),
            ("neighbour", Keys.Neighbour.allCases.map(\.facts)),
        ] {
            #expect(
                try MadeDocument.schemaHolds(
                    facts.compactMap { $0?.schemaLine }, in: path, key: "    \"\(definition)\""))
        }
        for facts in Keys.Root.allCases.compactMap(\.facts) {
            #expect(
                try MadeDocument.schemaHolds(
                    facts.schemaLine + ",", in: path, at: "    \"\(facts.name)\""))
        }
    }
}
