// SPDX-License-Identifier: Apache-2.0

import Dataplane
import Foundation
import TestSupport
import Testing

@testable import Expectations
@testable import PacketFields

/// The schema of case.yaml that editors use says what the decoder does.
@Suite struct CaseSchemaTests {
    private typealias Object = [String: Any]

    private static let path = Repository.root.appending(path: "config/case.schema.json")
    private let schema: Object

    init() throws {
        schema = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: Self.path)) as? Object)
    }

    private func value(_ path: String) throws -> Any {
        try path.split(separator: "/").reduce(schema as Any) { value, key in
            if let list = value as? [Any], let index = Int(key) { return list[index] }
            return try #require((value as? Object)?[String(key)], "\(path)")
        }
    }

    private func keys(_ path: String) throws -> Set<String> {
        #expect(try value(path + "additionalProperties") as? Bool == false, "\(path)")
        return Set(try #require(try value(path + "properties") as? Object).keys)
    }

    @Test func keys() throws {
        func names<Key: CaseIterable & RawRepresentable<String>>(_: Key.Type) -> Set<String> {
            Set(Key.allCases.map(\.rawValue))
        }
        #expect(try keys("") == names(CaseKeys.Root.self))
        #expect(try keys("$defs/input/") == names(CaseKeys.Input.self))
        #expect(try keys("$defs/expected/") == names(CaseKeys.Expected.self))
        #expect(try keys("$defs/share/") == names(CaseKeys.Share.self))
        #expect(try keys("$defs/frame/") == names(CaseKeys.Frame.self))
        #expect(try keys("$defs/step/") == names(CaseKeys.Step.self))
        #expect(try keys("$defs/step/properties/link/") == names(CaseKeys.Link.self))
    }

    @Test func words() throws {
        #expect(try value("$defs/field/enum") as? [String] == FieldName.allCases.map(\.rawValue))
        #expect(
            try value("properties/drops/propertyNames/enum") as? [String]
                == DropReason.allCases.map(\.name))
        #expect(
            try value("properties/order/enum") as? [String]
                == ComparisonRules.Order.allCases.map(\.rawValue))
        #expect(
            try value("properties/checksums/enum") as? [String]
                == ComparisonRules.Checksums.allCases.map(\.rawValue))
        #expect(
            try value("$defs/step/properties/link/properties/state/enum") as? [String]
                == CaseStep.LinkState.allCases.map(\.rawValue))
        #expect(try value("properties/config/default") as? String == CaseFile.defaultConfig)
    }

    @Test("the documentation names every key")
    func documentation() throws {
        let page = try String(
            contentsOf: Repository.root.appending(path: "docs/expectations.md"), encoding: .utf8)
        for key in CaseKeys.Root.allCases {
            #expect(page.contains("| `\(key.rawValue)` |"), "\(key)")
        }
    }

    /// What both must take, and what both must refuse, whatever the schema's way to say so.
    private static let samples: [(yaml: String, isRight: Bool)] = [
        ("title: x", true), ("titel: x", false), ("order: flows", false), ("anyMAC: 1", false),
        ("in: [{port: wan, packet: ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 2, flows: 9, at: 1.5s}]", true),
        ("in: [{port: wan, packet: vlan 5 vlan 6 arp 1.2.3.4 > 1.2.3.5}]", true),
        ("in: [{port: wan}]", false), ("in: [{port: wan, packet: nonsense}]", false),
        ("in: [{port: wan, packet: ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 2, flows: 0}]", false),
        ("in: [{port: wan, packet: arp 1.2.3.4 > 1.2.3.5, at: end}]", false),
        ("expect: [{port: lan, packet: arp 1.2.3.4 > 1.2.3.5}]", true),
        ("expect: [{ports: [lan, dmz], packet: arp 1.2.3.4 > 1.2.3.5}]", true),
        ("expect: [{ports: [lan], packet: arp 1.2.3.4 > 1.2.3.5}]", false),
        ("expect: [{packet: arp 1.2.3.4 > 1.2.3.5}]", false),
        ("expect: [{port: a, ports: [a, b], packet: arp 1.2.3.4 > 1.2.3.5}]", false),
        (
            "shares: [{of: 1000 flows, to: 10.0.0.0/8, ports: {lan: 40..60 %, dmz: 40 .. 60.5%}}]",
            true
        ),
        ("shares: [{nextHops: {192.0.2.1: 50 %, 192.0.2.2: 50 %}}]", true),
        ("shares: [{nextHops: {lan: 100 %}}]", false), ("shares: [{of: flows}]", false),
        ("shares: [{ports: {lan: 50}}]", false), ("shares: [{ports: {lan: 40-60 %}}]", false),
        ("shares: [{of: many, ports: {lan: 100 %}}]", false),
        ("drops: {noRoute: 1}", true), ("drops: {noRoot: 1}", false),
        ("drops: {noRoute: -1}", false),
        ("mask: {ipv4.typeOfService: 0xfc}", true), ("mask: {ipv4.tos: 1}", false),
        ("frames: [{port: lan, frame: 1, fields: {ipv4.timeToLive: 63}}]", true),
        ("frames: [{port: lan, frame: 0, fields: {ipv4.timeToLive: 63}}]", false),
        ("steps: [{at: end, query: /v1/stats, expect: {ledger: {}}}]", true),
        ("steps: [{at: 1s, query: /v1/stats}]", false),
        ("steps: [{at: 1s, link: {port: wan, state: down}}]", true),
        ("steps: [{at: 1s, link: {port: wan, state: sideways}}]", false),
        ("steps: [{at: 1s, reload: a.yaml, link: {port: wan, state: up}}]", false),
        ("steps: [{at: now, reload: a.yaml}]", false),
    ]

    @Test("schema and decoder take and refuse the same, and every case of the repository is right")
    func samples() throws {
        for (yaml, isRight) in Self.samples {
            let file = try? CaseFile(
                yaml: yaml, path: "case.yaml", dropReasons: DropReason.allCases.map(\.name))
            #expect((file != nil) == isRight, "\(yaml)")
        }
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments =
            [
                "-c",
                """
                import json, pathlib, sys, jsonschema, yaml
                schema = json.load(open(sys.argv[1]))
                jsonschema.Draft202012Validator.check_schema(schema)
                validator = jsonschema.Draft202012Validator(schema)
                for text in sys.argv[3:]:
                    print(validator.is_valid(yaml.safe_load(text)))
                for path in sorted(pathlib.Path(sys.argv[2]).glob("*/case.yaml")):
                    for error in validator.iter_errors(yaml.safe_load(path.read_text())):
                        print(path, error.message)
                """, Self.path.path, Repository.root.appending(path: "Tests/Cases").path,
            ] + Self.samples.map(\.yaml)
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(python.terminationStatus == 0, "python3-jsonschema and python3-yaml are needed")
        let answers = text.split(separator: "\n").map(String.init)
        #expect(answers.count == Self.samples.count, "\(answers.dropFirst(Self.samples.count))")
        for (answer, sample) in zip(answers, Self.samples) {
            #expect(answer == (sample.isRight ? "True" : "False"), "\(sample.yaml)")
        }
    }
}
