// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketFields
import PacketHeaders
import Testing

@testable import Expectations

/// Packets in words and shares in case.yaml: what they say, and what is wrong with them.
@Suite struct PacketFileTests {
    private func decode(_ yaml: String) throws(ConfigurationErrors) -> CaseFile {
        try CaseFile(yaml: yaml, path: "case.yaml", dropReasons: [])
    }

    @Test("everything that they can say")
    func everything() throws {
        let words = "ipv4 198.18.5.5 > 10.1.0.1 udp 4000 > 5000"
        let file = try decode(
            """
            in:
              - {port: wan, packet: \(words)}
              - {port: lan, packet: "\(words) ttl 1", at: 1.5s, flows: 20}
            expect:
              - {port: lan, packet: \(words) ttl 63 to 02:00:00:00:02:02}
              - {ports: [lan, dmz], packet: \(words), flows: 1000}
            shares:
              - {ports: {lan: 40..60 %, dmz: 40..60 %}}
              - {of: frames, to: 10.0.0.0/8, ports: {lan: 0 %, dmz: 100%}}
              - {of: 1000 flows, nextHops: {192.0.2.1: 33.3..33.4 %, 192.0.2.2: 60 .. 70 %}}
            """)
        let packet = try PacketText(words)
        #expect(
            file.inputs == [
                PacketInput(port: "wan", packet: packet),
                PacketInput(
                    port: "lan", packet: try PacketText(words + " ttl 1"), flows: 20,
                    at: 1_500_000_000),
            ])
        #expect(
            file.packets == [
                PacketExpectation(
                    ports: ["lan"], packet: try PacketText(words + " ttl 63 to 02:00:00:00:02:02")),
                PacketExpectation(ports: ["lan", "dmz"], packet: packet, flows: 1000),
            ])
        let half = try #require(ShareBounds("40..60 %"))
        let first = ShareExpectation.Way.nextHop(try #require(IPAddress("192.0.2.1")))
        let second = ShareExpectation.Way.nextHop(try #require(IPAddress("192.0.2.2")))
        let network = IPPrefix(containing: try #require(IPAddress("10.0.0.0")), length: 8)
        #expect(
            file.shares == [
                ShareExpectation([.init(.port("lan"), half), .init(.port("dmz"), half)]),
                ShareExpectation(
                    [
                        .init(.port("lan"), try #require(ShareBounds("0 %"))),
                        .init(.port("dmz"), try #require(ShareBounds("100 %"))),
                    ], of: .frames, to: network),
                ShareExpectation(
                    [
                        .init(first, try #require(ShareBounds("33.3..33.4 %"))),
                        .init(second, try #require(ShareBounds("60..70 %"))),
                    ], count: 1000),
            ])
        #expect(file.packets[1].origin.location == Location(line: 6, column: 5))
    }

    @Test(
        "each thing that is wrong is told with its place and the way out",
        arguments: [
            (
                "in: {}",
                "1:5: in: found a mapping, expected a list such as [{port: wan, packet: "
            ),
            (
                "in: [{packet: arp 1.2.3.4 > 1.2.3.5}]",
                "in[0].port: missing; name the port that receives"
            ),
            (
                "in: [{port: a}]",
                "in[0].packet: missing; write it in the words of freeway explain --packet"
            ),
            (
                "in: [{port: a, packet: ipv4 1.2.3.4 > 1.2.3.5 tll 3}]",
                "1:24: in[0].packet: \"ipv4 1.2.3.4 > 1.2.3.5 tll 3\", column 24: \"tll\" is not a protocol or "
                    + "an option; did you mean \"ttl\"?"
            ),
            (
                "in: [{port: a, packet: arp 1.2.3.4 > 1.2.3.5, flows: 2}]",
                "flows differ in their source port, and this packet has none"
            ),
            (
                "in: [{port: a, packet: ipv4 1.2.3.4 > 1.2.3.5 udp 65000 > 1, flows: 537}]",
                "in[0].flows: found \"537\", expected a number of flows, of which each has the next source "
                    + "port, from 1 to 536"
            ),
            (
                "in: [{port: a, packet: arp 1.2.3.4 > 1.2.3.5, at: end}]",
                "in[0].at: found \"end\", expected a time such as 1500ms"
            ),
            (
                """
                in:
                  - {port: a, packet: arp 1.2.3.4 > 1.2.3.5, at: 2s}
                  - {port: a, packet: arp 1.2.3.4 > 1.2.3.5, at: 1s}
                """,
                "3:5: in[1]: is earlier than the packet before it; write packets in their order"
            ),
            (
                """
                in:
                  - {port: a, packet: ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 1, flows: 65000}
                  - {port: a, packet: ipv4 1.2.3.4 > 1.2.3.5 tcp 1 > 1, flows: 65000}
                """,
                "in: 130000 packets; at most 100000 can be written in words, keep more in a capture"
            ),
            (
                "expect: [{packet: arp 1.2.3.4 > 1.2.3.5}]",
                "expect[0]: missing the port that the packet leaves; write \"port: lan\", or \"ports: [lan, "
                    + "dmz]\" for one of several"
            ),
            (
                "expect: [{port: a, ports: [a, b], packet: arp 1.2.3.4 > 1.2.3.5}]",
                "expect[0]: found port and ports; \"ports\" is for one of several"
            ),
            (
                "expect: [{ports: [a], packet: arp 1.2.3.4 > 1.2.3.5}]",
                "expect[0].ports: expected two ports or more, each once; one port is \"port: lan\""
            ),
            (
                "order: strict\nexpect: [{ports: [a, b], packet: arp 1.2.3.4 > 1.2.3.5}]",
                "order: strict is about the frames of one port; name it with \"port\""
            ),
            (
                "expect: [{port: a, packet: vlan 1 vlan 2 vlan 3 vlan 4 vlan 5 arp 1.2.3.4 > 1.2.3.5}]",
                "expect[0].packet: has more than 4 tags, which are not compared"
            ),
            (
                "shares: [{}]",
                "shares[0]: say the shares of the ways, with one of \"ports\" and \"nextHops\""
            ),
            (
                "shares: [{ports: {}}]",
                "shares[0].ports: found a mapping, expected ports such as"
            ),
            (
                "shares: [{ports: {lan: 50}}]",
                "shares[0].ports.lan: found \"50\", expected a share such as 40..60 %, or 50 %"
            ),
            (
                "shares: [{ports: {lan: 40..50 %, dmz: 40..49 %}}]",
                "these are shares of what leaves by them all, and never come to 100 %"
            ),
            (
                "shares: [{ports: {lan: 60..70 %, dmz: 41..50 %}}]",
                "these are shares of what leaves by them all, and come to more than 100 %"
            ),
            (
                "shares: [{of: 0 flows, ports: {lan: 100 %}}]",
                "shares[0].of: found \"0 flows\", expected flows, frames, or how many of them there must be, "
                    + "such as 1000 flows"
            ),
            (
                "shares: [{to: 10.1.0.0/8, ports: {lan: 100 %}}]",
                "10.1.0.0/8 has bits beyond its length; did you mean 10.0.0.0/8?"
            ),
            (
                "shares: [{nextHops: {lan: 100 %}}]",
                "shares[0].nextHops.lan: \"lan\" is none of next hops such as"
            ),
        ] as [(String, String)])
    func wrong(yaml: String, message: String) {
        let error = #expect(throws: ConfigurationErrors.self) { try decode(yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what is no share",
        arguments: [
            "40..60", "%", ".. %", "60..40 %", "101 %", "40...60 %", "-1 %", "40..60.1234 %",
            "1..2..3 %",
            "4x %", "1000 %", "40 60 %", "٤٠ %", "40.. %", "0.1.2 %",
        ])
    func noShare(text: String) { #expect(ShareBounds(text) == nil) }

    @Test(
        "a share is written as it is read",
        arguments: ["40..60 %", "50 %", "0 %", "100 %", "33.3..33.4 %", "0.001..99.999 %"])
    func share(text: String) { #expect(ShareBounds(text)?.description == text) }

    @Test("packets follow each other, a port and a time at a time")
    func frames() throws {
        let file = try decode(
            """
            in:
              - {port: wan, packet: ipv4 198.18.5.5 > 10.1.0.1 udp 4000 > 5000, flows: 3}
              - {port: lan, packet: arp 10.0.0.1 > 10.0.0.2}
              - {port: wan, packet: arp 10.0.0.3 > 10.0.0.4, at: 1ms}
            """)
        let frames = file.inputs.frames { $0 == "wan" ? "02:00:00:00:01:01" : "02:00:00:00:02:01" }
        #expect(frames["wan"]?.map(\.time) == [0, 1_000, 2_000, 1_000_000])
        #expect(frames["lan"]?.map(\.time) == [3_000])
        // Source ports are at bytes 34 and 35: Ethernet's 14 and IPv4's 20 before them.
        #expect(frames["wan"]?.prefix(3).map { $0.bytes[35] } == [0xa0, 0xa1, 0xa2])
        #expect(frames["wan"]?[0].bytes.prefix(6) == [2, 0, 0, 0, 1, 1])
    }
}
