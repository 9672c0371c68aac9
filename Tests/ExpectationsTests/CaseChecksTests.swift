// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration
import TestSupport
import Testing

@testable import Expectations

/// What a case file expects beside captures, held against what happened.
@Suite struct CaseChecksTests {
    private func decode(_ yaml: String) throws -> CaseFile {
        try CaseFile(yaml: yaml, path: "case.yaml", dropReasons: ["noRoute", "badChecksum"])
    }

    private let got = [
        "lan": [CapturedFrame(ComparisonTests.flow([1], port: 40_000)[0])],
        "wan": [CapturedFrame(Frames.udp(from: ComparisonTests.server, to: (0x0a00_0001, 40_000)))],
    ]

    @Test("a variable has the value of its first frame in every other")
    func variables() throws {
        let yaml = """
            frames:
              - {port: lan, frame: 1, fields: {udp.sourcePort: $p, ipv4.timeToLive: 64}}
              - {port: wan, frame: 1, fields: {udp.destinationPort: $p}}
            """
        let file = try decode(yaml)
        #expect(file.frames.differences(got: got, path: file.path) == [])
        var other = got
        other["wan"] = [
            CapturedFrame(Frames.udp(from: ComparisonTests.server, to: (0x0a00_0001, 40_001)))
        ]
        let found = file.frames.differences(got: other, path: file.path)
        #expect(
            found.map(\.summary) == [
                "case.yaml:3:5: wan: frame 1 (udp 192.0.2.7:53 > 10.0.0.1:40001) is not as it must be: "
                    + "udp.destinationPort"
            ])
        #expect(
            found.flatMap(\.fields) == [
                FieldDifference(
                    name: "udp.destinationPort",
                    expected: "40000 ($p is udp.sourcePort of frame 1 of lan)", got: "40001")
            ])
    }

    @Test("a literal, a field that the frame lacks, and a frame that did not leave")
    func literals() throws {
        let file = try decode(
            """
            frames:
              - {port: lan, frame: 1, fields: {ipv4.timeToLive: 63, tcp.flags: 0x12}}
              - {port: lan, frame: 2, fields: {ipv4.source: 10.0.0.1}}
              - {port: dmz, frame: 1, fields: {ipv4.source: 10.0.0.1}}
            """)
        let found = file.frames.differences(got: got, path: file.path)
        #expect(
            found.flatMap(\.fields) == [
                FieldDifference(name: "ipv4.timeToLive", expected: "63", got: "64"),
                FieldDifference(name: "tcp.flags", expected: "0x12 (SYN, ACK)", got: nil),
                FieldDifference(name: "ipv4.source", expected: "10.0.0.1", got: nil),
                FieldDifference(name: "ipv4.source", expected: "10.0.0.1", got: nil),
            ])
        #expect(
            found.map(\.summary).last
                == "case.yaml:4:5: dmz: frame 1 did not leave, and something is expected of it: ipv4.source"
        )
    }

    @Test("long bytes are shown from where they differ")
    func longBytes() throws {
        let zeros = [String](repeating: "00", count: 40).joined()
        let file = try decode("frames: [{port: lan, frame: 1, fields: {payload: \"\(zeros)\"}}]")
        var payload = [UInt8](repeating: 0, count: 40)
        payload[30] = 9
        let frame = CapturedFrame(Frames.ethernet(type: 0x1234, payload: payload))
        #expect(
            file.frames.differences(got: ["lan": [frame]], path: "c").flatMap(\.fields) == [
                FieldDifference(
                    name: "payload",
                    expected:
                        "40 bytes, from byte 24: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                    got: "40 bytes, from byte 24: 00 00 00 00 00 00 09 00 00 00 00 00 00 00 00 00")
            ])
    }

    @Test("what an answer holds is shown without what would control a terminal")
    func controlCharacters() throws {
        let file = try decode("steps: [{at: end, query: /v1/stats, expect: {a: b}}]")
        let found = file.difference(file.steps[0], answer: #"{"a": "\u001b[2J"}"#.utf8)
        #expect(found?.fields.first?.got == "\"\u{fffd}[2J\"")
        #expect(throws: ConfigurationErrors.self) { try decode(#"title: "\e[2J""#) }
    }

    @Test("drops: the reasons listed must agree, and the others must be 0")
    func drops() throws {
        let file = try decode("drops: {noRoute: 2}")
        #expect(file.drops?.difference(got: ["noRoute": 2, "badChecksum": 0], path: "c") == nil)
        let difference = file.drops?.difference(got: ["badChecksum": 3], path: "c")
        #expect(
            difference?.fields == [
                FieldDifference(name: "drops.badChecksum", expected: "0", got: "3"),
                FieldDifference(name: "drops.noRoute", expected: "2", got: "0"),
            ])
        #expect(
            difference?.summary
                == "c:1:8: frames were dropped otherwise than expected: drops.badChecksum, drops.noRoute"
        )
        #expect(try decode("drops: {}").drops?.difference(got: ["noRoute": 1], path: "c") != nil)
    }

    @Test(
        "a subset of JSON: objects by key, lists by position, scalars equal",
        arguments: [
            ("{ledger: {dropped: 2}}", [String]()),
            ("{ledger: {dropped: 3}}", ["ledger.dropped 3 2"]),
            ("{ledger: {dropped: \"2\"}}", ["ledger.dropped \"2\" 2"]),
            ("{ledger: {lost: 0}}", ["ledger.lost 0 -"]),
            ("{ports: [{name: wan}]}", []),
            ("{ports: [{}, {name: dmz}]}", ["ports[1].name dmz \"lan\""]),
            ("{ports: [{}, {}, {name: dmz}]}", ["ports[2] an object -"]),
            ("{on: true, off: null, word: \"true\", rate: 0.5}", []),
            ("{on: \"true\"}", ["on \"true\" true"]), ("{on: 1}", ["on 1 true"]),
            ("{word: true}", []), ("{ledger: []}", ["ledger a list an object"]),
            ("{big: 18446744073709551615}", []), ("[]", ["answer a list an object"]),
        ])
    func subset(expect: String, differences: [String]) throws {
        let answer = """
            {"ledger": {"dropped": 2}, "ports": [{"name": "wan"}, {"name": "lan"}], "on": true,
             "off": null, "word": "true", "rate": 0.5, "big": 18446744073709551615}
            """
        let file = try decode("steps: [{at: end, query: /v1/stats, expect: \(expect)}]")
        let found = file.difference(file.steps[0], answer: answer.utf8)
        #expect(
            (found?.fields ?? []).map { "\($0.name) \($0.expected ?? "-") \($0.got ?? "-")" }
                == differences)
        if let found {
            #expect(
                found.summary.hasPrefix("case.yaml:1:9: /v1/stats: the answer is not as expected: ")
            )
        }
    }

    @Test("an answer that is no JSON")
    func notJSON() throws {
        let file = try decode("steps: [{at: end, query: /v1/stats, expect: {}}]")
        #expect(
            file.difference(file.steps[0], answer: "{".utf8)?.fields.first?.got == "something else")
    }
}
