// SPDX-License-Identifier: Apache-2.0

import Expectations
import FreewayConfiguration
import PacketFields
import PacketHeaders
import Testing

/// case.yaml: what it says, and what is wrong with it.
@Suite struct CaseFileTests {
    static let dropReasons = ["badChecksum", "noRoute", "timeToLiveExpired"]

    @Test("everything that it can say")
    func everything() throws {
        let file = try decode(
            """
            title: A frame with a wrong IPv4 header checksum is dropped (RFC 1812, 4.2.2.5)
            config: ../router.yaml
            order: any
            anyMAC: true
            ignore: [ipv4.identification, payload]
            mask: {ipv4.typeOfService: 0xfc}
            checksums: valid
            drops: {badChecksum: 1}
            nothingElse: true
            frames:
              - {port: lan, frame: 1, fields: {tcp.sourcePort: $p, ipv4.timeToLive: 63}}
              - {port: wan, frame: 2, fields: {tcp.destinationPort: $p, ipv4.source: 192.0.2.1}}
            steps:
              - {at: 1500ms, link: {port: wan, state: down}}
              - {at: 2s, reload: after.yaml}
              - {at: end, query: /v1/stats, expect: {ledger: {dropped: {noRoute: 2}}, list: [a, "1"]}}
            """)
        #expect(
            file.title
                == "A frame with a wrong IPv4 header checksum is dropped (RFC 1812, 4.2.2.5)")
        #expect(file.config == "../router.yaml")
        #expect(file.anyMAC)
        #expect(file.nothingElse)
        #expect(
            file.rules
                == ComparisonRules(
                    order: .any, ignored: [.ipv4Identification, .payload],
                    masks: [.ipv4TypeOfService: 0xfc], checksums: .valid))
        #expect(file.drops?.frames == ["badChecksum": 1])
        #expect(
            file.frames.map(\.fields) == [
                [
                    .init(.tcpSourcePort, .variable("p")),
                    .init(.ipv4TimeToLive, .literal(.number(63))),
                ],
                [
                    .init(.tcpDestinationPort, .variable("p")),
                    .init(.ipv4Source, .literal(.ipv4Address(.init(rawValue: 0xc000_0201)))),
                ],
            ])
        #expect(file.frames.map(\.port) == ["lan", "wan"])
        #expect(file.frames.map(\.frame) == [1, 2])
        #expect(
            file.steps == [
                CaseStep(at: .time(1_500_000_000), .link(port: "wan", state: .down)),
                CaseStep(at: .time(2_000_000_000), .reload(path: "after.yaml")),
                CaseStep(
                    at: .end,
                    .query(
                        path: "/v1/stats",
                        expect: .object([
                            .init(
                                key: "ledger",
                                value: .object([
                                    .init(
                                        key: "dropped",
                                        value: .object([
                                            .init(
                                                key: "noRoute", value: .scalar("2", isPlain: true))
                                        ]))
                                ])),
                            .init(
                                key: "list",
                                value: .list([
                                    .scalar("a", isPlain: true), .scalar("1", isPlain: false),
                                ])),
                        ]))),
            ])
        #expect(file.steps[1].origin.location == Location(line: 15, column: 5))
    }

    @Test("what it does not say has the usual value")
    func defaults() throws {
        let file = try decode("title: nothing special")
        #expect(file.config == "freeway.yaml")
        #expect(file.rules == ComparisonRules())
        #expect(file.rules.order == .flow)
        #expect(!file.anyMAC && !file.nothingElse)
        #expect(file.drops == nil)
        #expect(file.frames.isEmpty && file.steps.isEmpty)
        #expect(try decode("drops: {}").drops?.frames == [:])
    }

    @Test(
        "each thing that is wrong is told with its place and the way out",
        arguments: [
            ("titel: x", "1:1: titel: unknown key; did you mean \"title\"?"),
            (
                "foo: x",
                "1:1: foo: unknown key; the keys here are title, config, order, anyMAC, ignore, mask, "
                    + "checksums, in, expect, shares, drops, nothingElse, frames, steps"
            ),
            ("title: x\ntitle: y", "2:1: title: given twice; first at line 1"),
            (
                "- a",
                "1:1: found a list, expected the keys title, config, order, anyMAC, ignore, mask, "
                    + "checksums, in, expect, shares, drops, nothingElse, frames, steps"
            ),
            (
                "title: []",
                "1:8: title: found an empty list, expected one line that says what the case proves"
            ),
            (
                "order: flows",
                "1:8: order: found \"flows\", expected flow, strict or any; did you mean \"flow\"?"
            ),
            ("anyMAC: yes", "1:9: anyMAC: found \"yes\", expected true or false"),
            ("checksums: ok", "1:12: checksums: found \"ok\", expected literal or valid"),
            (
                "ignore: [ipv4.identificaton]",
                "1:10: ignore[0]: \"ipv4.identificaton\" is no field of a frame; did you mean "
                    + "\"ipv4.identification\"?"
            ),
            (
                "ignore: [timeToLive]",
                "1:10: ignore[0]: \"timeToLive\" is no field of a frame; did you mean "
                    + "\"ipv4.timeToLive\"?"
            ),
            (
                "ignore: [icmp.sequence]",
                "1:10: ignore[0]: \"icmp.sequence\" is no field of a frame; those of the header are "
                    + "icmp.type, icmp.code, icmp.checksum, icmp.rest"
            ),
            (
                "ignore: [quux]",
                "1:10: ignore[0]: \"quux\" is no field of a frame; docs/expectations.md lists them"
            ),
            ("ignore: [payload, payload]", "1:19: ignore[1]: given twice; first at line 1"),
            (
                "ignore: payload",
                "1:9: ignore: found \"payload\", expected a list of fields such as "
                    + "[ipv4.identification]"
            ),
            (
                "mask: {ipv4.typeOfservce: 1}",
                "1:8: mask.ipv4.typeOfservce: \"ipv4.typeOfservce\" is no field of a frame; did you "
                    + "mean \"ipv4.typeOfService\"?"
            ),
            (
                "mask: {ipv4.typeOfService: 0x1fc}",
                "1:28: mask.ipv4.typeOfService: found \"0x1fc\", expected the bits that are compared, "
                    + "such as 0xff for all 8"
            ),
            (
                "mask: {ipv4.flags: 0}",
                "1:20: mask.ipv4.flags: 0 compares nothing; name ipv4.flags in \"ignore\" instead"
            ),
            (
                "mask: {payload: 0xff}",
                "1:17: mask.payload: payload has no bits to mask; name it in \"ignore\" instead"
            ),
            (
                "ignore: [ipv4.flags]\nmask: {ipv4.flags: 1}",
                "2:20: mask.ipv4.flags: ipv4.flags is in \"ignore\" too; remove one of the two"
            ),
            (
                "drops: {badChecksun: 1}",
                "1:9: drops.badChecksun: there is no such drop reason; did you mean \"badChecksum\"?"
            ),
            (
                "drops: {rain: 1}",
                "1:9: drops.rain: there is no such drop reason; the reasons are badChecksum, noRoute, "
                    + "timeToLiveExpired"
            ),
            (
                "drops: {noRoute: -1}",
                "1:18: drops.noRoute: found \"-1\", expected a number of frames from 0 to 1000000000000"
            ),
            (
                "drops: 1",
                "1:8: drops: found \"1\", expected frames by drop reason such as {badChecksum: 1}, or {}"
            ),
            (
                "frames: [{frame: 1, fields: {ipv4.timeToLive: 1}}]",
                "1:10: frames[0].port: missing; name the port that the frame leaves"
            ),
            (
                "frames: [{port: lan, frame: 0, fields: {ipv4.timeToLive: 1}}]",
                "1:29: frames[0].frame: found \"0\", expected the number of a frame from 1 to 1000000000"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {}}]",
                "1:40: frames[0].fields: found an empty mapping, expected fields such as "
                    + "{ipv4.timeToLive: 63, tcp.sourcePort: $p}"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {ipv4.timeTolive: 1}}]",
                "1:41: frames[0].fields.ipv4.timeTolive: \"ipv4.timeTolive\" is no field of a frame; "
                    + "did you mean \"ipv4.timeToLive\"?"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {ipv4.timeToLive: 256}}]",
                "1:58: frames[0].fields.ipv4.timeToLive: found \"256\", and the largest value of "
                    + "ipv4.timeToLive is 255"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {tcp.dataOffset: 21}}]",
                "1:57: frames[0].fields.tcp.dataOffset: found \"21\", and tcp.dataOffset is a number of "
                    + "bytes, a multiple of 4"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {ipv4.source: 10.0.0}}]",
                "1:54: frames[0].fields.ipv4.source: found \"10.0.0\", expected an IPv4 address such as "
                    + "192.0.2.1, or a variable such as $p"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {tcp.sourcePort: $p}}]",
                "1:57: frames[0].fields.tcp.sourcePort: $p occurs only here, so it says nothing; use it "
                    + "in a second frame, or remove it"
            ),
            (
                "frames: [{port: lan, frame: 1, fields: {tcp.sourcePort: $p, ipv4.source: $p}}]",
                "1:74: frames[0].fields.ipv4.source: $p is a number at line 1, and ipv4.source is an "
                    + "IPv4 address"
            ),
            (
                "steps: [{at: 1s}]",
                "1:9: steps[0]: nothing to do; a step has one of link, reload, query"
            ),
            (
                "steps: [{at: 1s, reload: a, link: {port: wan, state: up}}]",
                "1:9: steps[0]: found link and reload in one step; make a step of each"
            ),
            (
                "steps: [{at: 1sec, reload: a}]",
                "1:14: steps[0].at: found \"1sec\", expected a time such as 1500ms or 2s (ns, us, ms, s, "
                    + "min), or end"
            ),
            (
                "steps: [{at: 1s, link: {port: wan, state: dwon}}]",
                "1:43: steps[0].link.state: found \"dwon\", expected up or down; did you mean \"down\"?"
            ),
            (
                "steps: [{at: 1s, reload: a, expect: {}}]",
                "1:29: steps[0].expect: belongs to a query, and this step is a reload"
            ),
            (
                "steps: [{at: end, query: stats, expect: {}}]",
                "1:26: steps[0].query: found \"stats\", expected the path of a question to the control "
                    + "socket, such as /v1/stats"
            ),
            (
                "steps: [{at: end, query: /v1/stats}]",
                "1:9: steps[0].expect: missing; say what the answer must hold, such as "
                    + "{ledger: {received: 2}}"
            ),
            (
                "steps: [{reload: a}]",
                "1:9: steps[0].at: missing; say when, such as 1500ms after the first frame, or end"
            ),
            (
                "title: \"unfinished",
                "1:19: not valid YAML: found unexpected end of stream while scanning a quoted scalar"
            ),
            ("", " says nothing; write \"title: …\", or remove the file"),
        ])
    func faults(yaml: String, message: String) {
        #expect(errors(yaml) == ["case.yaml:\(message)"])
    }

    @Test("all errors come at once, in the order of the file")
    func allAtOnce() {
        let found = errors(
            """
            order: flows
            ignore: [ipv4.ttl]
            drops: {rain: 1, noRute: 2}
            frames:
              - {port: lan, frame: x, fields: {udp.port: 1}}
            steps:
              - {at: now}
            """)
        #expect(
            found.map { $0.split(separator: ":").dropFirst().prefix(2).joined(separator: ":") } == [
                "1:8", "2:10", "3:9", "3:18", "5:24", "5:36", "7:5", "7:10",
            ])
    }

    @Test("two variables of which one is misspelt")
    func misspeltVariable() {
        let found = errors(
            """
            frames:
              - {port: lan, frame: 1, fields: {tcp.sourcePort: $client, tcp.destinationPort: $server}}
              - {port: lan, frame: 2, fields: {tcp.sourcePort: $cleint, tcp.destinationPort: $server}}
            """)
        #expect(found.count == 2)
        #expect(found.last?.hasSuffix("did you mean \"$client\"?") == true)
    }

    @Test("ports are held against those of the configuration, with line and nearest name")
    func ports() throws {
        let file = try decode(
            """
            frames: [{port: lna, frame: 1, fields: {ipv4.timeToLive: 63}}]
            steps:
              - {at: 1s, link: {port: uplink, state: down}}
            in: [{port: wna, packet: ipv4 10.0.0.1 > 10.0.0.2}]
            expect: [{ports: [lan, dzm], packet: ipv4 10.0.0.1 > 10.0.0.2}]
            shares: [{ports: {lan: 50 %, backup: 50 %}}, {nextHops: {192.0.2.2: 100 %}}]
            """)
        let ports = "{lan: {device: tap:a}, wan: {device: tap:b}}"
        let configuration = try Configuration(
            yaml: "version: 1\nforward: route\nports: \(ports)\n", path: "router.yaml")
        do {
            try file.check(against: configuration)
            Issue.record("the configuration has none of these")
        } catch {
            #expect(
                error.description == """
                    case.yaml:1:10: frames[0].port: the configuration has no port "lna"; did you mean "lan"?
                    case.yaml:3:5: steps[0].link.port: the configuration has no port "uplink"; its ports \
                    are lan, wan
                    case.yaml:4:6: in[0].port: the configuration has no port "wna"; did you mean "wan"?
                    case.yaml:5:10: expect[0].ports: the configuration has no port "dzm"; its ports are lan, wan
                    case.yaml:6:10: shares[0].ports: the configuration has no port "backup"; its ports are \
                    lan, wan
                    case.yaml:6:46: shares[1].nextHops: the configuration has no neighbour 192.0.2.2, and \
                    what goes there is known by its MAC address alone
                    """)
        }
    }

    @Test(
        "times",
        arguments: [
            ("0s", 0), ("1ns", 1), ("10us", 10_000), ("1500ms", 1_500_000_000),
            ("1.5s", 1_500_000_000), ("0.000000001s", 1), ("2min", 120_000_000_000),
        ])
    func times(text: String, nanoseconds: UInt64) throws {
        let file = try decode("steps: [{at: \(text), reload: a.yaml}]")
        #expect(file.steps.map(\.at) == [.time(nanoseconds)])
    }

    @Test(
        "what is no time",
        arguments: [
            "1", "s", "-1s", "1 s", "1.s", ".5s", "1.5ns", "01s", "1h", "1.0000000001s", "now",
            "1..5s", "1.5.5s", "999999999999999999min", "999999999999999999999s", "+1s", "１s",
        ])
    func badTimes(text: String) {
        #expect(
            errors("steps: [{at: \(text), reload: a.yaml}]") == [
                "case.yaml:1:14: steps[0].at: found \"\(text)\", expected a time such as 1500ms or 2s "
                    + "(ns, us, ms, s, min), or end"
            ])
    }

    @Test("a file that cannot be read")
    func unreadable() {
        do {
            _ = try CaseFile(path: "/nowhere/case.yaml", dropReasons: [])
            Issue.record("there is no such file")
        } catch {
            #expect(error.kind == .unreadable)
            #expect(
                error.description
                    == "/nowhere/case.yaml: cannot be read: No such file or directory")
        }
    }

    private func decode(_ yaml: String) throws -> CaseFile {
        try CaseFile(yaml: yaml, path: "case.yaml", dropReasons: Self.dropReasons)
    }

    private func errors(_ yaml: String) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try CaseFile(yaml: yaml, path: "case.yaml", dropReasons: Self.dropReasons)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }
}
