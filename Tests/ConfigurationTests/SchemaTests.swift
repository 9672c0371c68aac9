// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import FreewayConfiguration

/// The schema that editors use says what the decoder does.
@Suite struct SchemaTests {
    typealias Object = [String: Any]

    private let schema: Object

    init() throws {
        let data = Data(try ReadyFiles.text("config/freeway.schema.json").utf8)
        schema = try #require(try JSONSerialization.jsonObject(with: data) as? Object)
    }

    /// The value at a path such as `$defs/port`.
    private func value(_ path: String) throws -> Any {
        var value: Any = schema
        for part in path.split(separator: "/") {
            if let list = value as? [Any], let index = Int(part) {
                value = list[index]
            } else {
                value = try #require((value as? Object)?[String(part)], "\(path)")
            }
        }
        return value
    }

    private func keys<Key: ConfigurationKey>(_: Key.Type) -> Set<String> {
        Set(Key.allCases.map(\.rawValue))
    }

    private func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> [String] {
        Word.allCases.map(\.rawValue)
    }

    private func range(_ path: String) throws -> ClosedRange<Int> {
        let least = try #require(try value(path + "/minimum") as? Int)
        return least...(try #require(try value(path + "/maximum") as? Int))
    }

    @Test func keys() throws {
        let mappings: [(String, Set<String>)] = [
            ("", keys(Keys.Root.self)),
            ("properties/memory/", keys(SectionKey<Configuration.Memory>.self)),
            ("$defs/port/", keys(SectionKey<Configuration.Port>.self)),
            ("$defs/interface/", keys(SectionKey<Configuration.Interface>.self)),
            ("$defs/ra/", keys(SectionKey<Configuration.RouterAdvertisement>.self)),
            ("$defs/route/", keys(Keys.Route.self)),
            ("$defs/nextHop/", keys(Keys.NextHop.self)),
            ("$defs/way/", keys(Keys.Way.self)),
            ("$defs/neighbour/", keys(Keys.Neighbour.self)),
            ("properties/hash/", keys(SectionKey<Configuration.Hash>.self)),
            ("properties/arp/", keys(SectionKey<Configuration.ARP>.self)),
            ("properties/icmp/", keys(SectionKey<Configuration.ICMP>.self)),
            ("properties/control/", keys(SectionKey<Configuration.Control>.self)),
            ("properties/log/", keys(SectionKey<Configuration.Log>.self)),
        ]
        for (path, keys) in mappings {
            let properties = try #require(try value(path + "properties") as? Object)
            #expect(Set(properties.keys) == keys, "\(path)")
            #expect(try value(path + "additionalProperties") as? Bool == false, "\(path)")
        }
    }

    @Test func requiredKeys() throws {
        #expect(try value("required") as? [String] == ["version", "forward", "ports"])
        #expect(try value("$defs/port/required") as? [String] == ["device"])
        #expect(try value("$defs/route/required") as? [String] == ["to"])
        #expect(try value("$defs/nextHop/required") as? [String] == ["address"])
        #expect(
            try value("$defs/neighbour/required") as? [String] == ["port", "address", "mac"])
    }

    @Test func words() throws {
        let enums: [(String, [String])] = [
            ("properties/forward/enum", words(Configuration.ForwardMode.self)),
            ("properties/memory/properties/pages/enum", words(Configuration.Memory.Pages.self)),
            ("$defs/port/properties/admit/enum", words(Configuration.Port.Admission.self)),
            ("$defs/route/properties/action/enum", words(Configuration.Route.Action.self)),
            ("properties/log/properties/level/enum", words(Configuration.Log.Level.self)),
            ("properties/log/properties/format/enum", words(Configuration.Log.Format.self)),
            ("properties/log/properties/time/enum", words(Configuration.Log.Time.self)),
        ]
        for (path, words) in enums {
            #expect(try value(path) as? [String] == words, "\(path)")
        }
        let schemes = words(Configuration.Device.Scheme.self).joined(separator: "|")
        #expect(try value("$defs/port/properties/device/pattern") as? String == "^(\(schemes)):.+$")
    }

    @Test func rangesAndDefaults() throws {
        let workers = "properties/workers/oneOf"
        #expect(
            try range(workers + "/1") == 1...Configuration.WorkerSelection.maximumCount)
        #expect(
            try range(workers + "/2/items") == 0...Configuration.WorkerSelection.highestCPU)
        #expect(
            try value(workers + "/0/const") as? String
                == Configuration.WorkerSelection.automaticWord)
        let memory = "properties/memory/properties"
        #expect(try range(memory + "/megabytes") == Configuration.Memory.megabytesRange)
        #expect(try range(memory + "/routes") == Configuration.Memory.routesRange)
        #expect(
            try value(memory + "/routes/default") as? Int == Configuration.Memory.defaultRoutes)
        let port = "$defs/port/properties"
        #expect(try range(port + "/mtu") == Configuration.Port.mtuRange)
        #expect(try value(port + "/mtu/default") as? Int == Configuration.Port.defaultMTU)
        #expect(try range(port + "/queues") == Configuration.Port.queuesRange)
        #expect(
            try value(port + "/addresses/maxItems") as? Int
                == Configuration.Port.maximumAddressCount)
        #expect(
            try value("properties/ports/maxProperties") as? Int == Configuration.Port.maximumCount)
        #expect(
            try range("$defs/nextHop/properties/weight")
                == Configuration.WeightedNextHop.weightRange)
        #expect(
            try value("$defs/route/properties/via/oneOf/2/maxItems") as? Int
                == Configuration.Route.maximumNextHopCount)
        #expect(
            try range("properties/hash/properties/seed") == Configuration.Hash.seedRange)
        let socket = "properties/control/properties/socket"
        #expect(
            try value(socket + "/default") as? String == Configuration.Control.defaultSocket)
        #expect(
            try value(socket + "/maxLength") as? Int
                == Configuration.Control.maximumSocketLength)
    }

    @Test func theDocumentationNamesEveryKeyOfMappingsThatAreNoSections() {
        let text = KeyTable.lines.joined(separator: "\n")
        let names =
            Keys.Root.allCases.map(\.rawValue)
            + Keys.Route.allCases.map { "routes[].\($0.rawValue)" }
            + Keys.NextHop.allCases.map { "routes[].via[].\($0.rawValue)" }
            + Keys.Neighbour.allCases.map { "neighbours[].\($0.rawValue)" }
        for name in names
        where !["memory", "ports", "interfaces", "hash", "arp", "icmp", "control", "log"].contains(
            name)
        {
            #expect(text.contains("| [`\(name)`]"), "\(name)")
        }
    }
}
