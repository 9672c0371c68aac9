// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import TestSupport
import Testing

@testable import Expectations

/// Packets in words held against frames that were made by hand.
@Suite struct PacketExpectationTests {
    private static let client: (UInt32, UInt16) = (0xc612_0505, 4000)  // 198.18.5.5
    private static let server: (UInt32, UInt16) = (0x0a01_0001, 5000)  // 10.1.0.1
    private static let words = "ipv4 198.18.5.5 > 10.1.0.1 udp 4000 > 5000"

    /// A frame of the flow; `change` is made to the IPv4 header before its checksum is computed.
    private func frame(
        _ number: UInt32 = 0, port: UInt16 = 4000, time: UInt64 = 0,
        _ change: (inout Frames.IPv4) -> Void = { _ in }
    ) -> CapturedFrame {
        let udp = Frames.udp(
            from: (Self.client.0, port), to: Self.server, number: number)
        return CapturedFrame(
            Frames.ipv4 {
                $0.source = Self.client.0
                $0.destination = Self.server.0
                $0.payload = Array(udp.dropFirst(34))
                change(&$0)
            }, time: time)
    }

    private func differences(
        _ yaml: String, _ got: [String: [CapturedFrame]]
    ) throws -> [Difference] {
        let file = try CaseFile(yaml: yaml, path: "case.yaml", dropReasons: [])
        return file.packets.differences(got: got, rules: file.rules, path: file.path).differences
    }

    private func expect(_ items: String...) -> String {
        "expect:\n" + items.map { "  - \($0)\n" }.joined()
    }

    @Test("what the words say is compared, and nothing else is")
    func named() throws {
        let got = [
            "lan": [
                frame(7) {
                    $0.timeToLive = 63
                    $0.identification = 9
                }
            ]
        ]
        #expect(try differences(expect("{port: lan, packet: \(Self.words)}"), got) == [])
        #expect(
            try differences(expect("{port: lan, packet: \(Self.words) ttl 63 id 9}"), got) == [])
        let wrong = try differences(expect("{port: lan, packet: \(Self.words) ttl 64 id 9}"), got)
        #expect(
            wrong.map(\.summary) == [
                "case.yaml:2:5: lan: frame 1 (udp 198.18.5.5:4000 > 10.1.0.1:5000) differs from the packet "
                    + "that is expected in ipv4.timeToLive"
            ])
        #expect(
            wrong.flatMap(\.fields) == [
                FieldDifference(name: "ipv4.timeToLive", expected: "64", got: "63")
            ])
    }

    @Test(
        "each option names its field",
        arguments: [
            ("tos 4", "ipv4.typeOfService"), ("df", "ipv4.flags"),
            ("length 33", "ipv4.totalLength"),
            ("checksum 1", "ipv4.headerChecksum"), ("payload 00000008", "payload"),
            ("to 02:00:00:00:00:09", "ethernet.destination"),
            ("from 02:00:00:00:00:09", "ethernet.source"), ("id 3", "ipv4.identification"),
        ])
    func options(option: String, field: String) throws {
        let found = try differences(
            expect("{port: lan, packet: \(Self.words) \(option)}"), ["lan": [frame(7)]])
        #expect(found.map(\.kind) == [.changed])
        #expect(found.flatMap(\.fields).map(\.name) == [field])
    }

    @Test("another flow, another protocol or a tag is another packet: one is missing, one too many")
    func otherFlow() throws {
        for words in [
            "ipv4 198.18.5.5 > 10.1.0.1 udp 4001 > 5000",
            "ipv4 198.18.5.5 > 10.1.0.2 udp 4000 > 5000",
            "ipv4 198.18.5.5 > 10.1.0.1 tcp 4000 > 5000", "vlan 5 \(Self.words)",
            "ipv4 198.18.5.5 > 10.1.0.1", "arp 198.18.5.5 > 10.1.0.1",
        ] {
            let found = try differences(
                expect("{port: lan, packet: \(words)}"), ["lan": [frame()]])
            #expect(found.map(\.kind) == [.missing, .extra], "\(words)")
        }
        // The other direction is the same flow, and not the same packet.
        let back = try differences(
            expect("{port: lan, packet: ipv4 10.1.0.1 > 198.18.5.5 udp 5000 > 4000}"),
            ["lan": [frame()]])
        #expect(back.map(\.kind) == [.changed])
        #expect(
            back.flatMap(\.fields).map(\.name) == [
                "ipv4.source", "ipv4.destination", "udp.sourcePort", "udp.destinationPort",
            ])
    }

    @Test("a port that is named sends nothing else; others are not looked at")
    func extra() throws {
        let yaml = expect("{port: lan, packet: \(Self.words)}")
        let got = ["lan": [frame(), frame(1)], "wan": [frame(2)]]
        let found = try differences(yaml, got)
        #expect(
            found.map(\.summary) == [
                "lan: frame 2 (udp 198.18.5.5:4000 > 10.1.0.1:5000) left and was not expected"
            ])
    }

    @Test("a packet that left by another port is told with both")
    func otherPort() throws {
        let yaml = expect("{port: lan, packet: \(Self.words)}")
        for named in ["", "  - {port: wan, packet: arp 10.0.0.1 > 10.0.0.2}\n"] {
            let found = try differences(yaml + named, ["wan": [frame()]])
            let difference = try #require(found.first)
            #expect(
                difference.fields == [
                    FieldDifference(name: "port", expected: "lan", got: "wan")
                ])
            #expect(difference.gotFrame == 1)
            #expect(found.count == (named.isEmpty ? 1 : 2))
        }
    }

    @Test("one of several ports: any of them will do, each packet leaves once")
    func oneOf() throws {
        let yaml = expect("{ports: [lan, dmz], packet: \(Self.words), flows: 3}")
        let frames = (0..<3).map { frame(port: 4000 + UInt16($0), time: UInt64($0)) }
        #expect(try differences(yaml, ["lan": frames]) == [])
        #expect(try differences(yaml, ["lan": [frames[1]], "dmz": [frames[0], frames[2]]]) == [])
        let twice = try differences(yaml, ["lan": frames, "dmz": [frames[0]]])
        #expect(twice.map(\.kind) == [.extra])
        let missing = try differences(yaml, ["lan": [frames[0]], "dmz": [frames[2]]])
        #expect(
            missing.map(\.summary) == [
                "case.yaml:2:5: the packet that is expected (udp 198.18.5.5:4001 > 10.1.0.1:5000) did not "
                    + "leave by lan or dmz"
            ])
        let elsewhere = try differences(yaml, ["lan": [frames[0], frames[1]], "wan": [frames[2]]])
        #expect(
            elsewhere.flatMap(\.fields) == [
                FieldDifference(name: "port", expected: "lan or dmz", got: "wan")
            ])
    }

    @Test("order: within a flow, over a whole port, or not at all")
    func order() throws {
        let first = "{port: lan, packet: \(Self.words) id 1}"
        let second = "{port: lan, packet: \(Self.words) id 2}"
        let other = "{port: lan, packet: ipv4 198.18.5.5 > 10.1.0.1 udp 4001 > 5000}"
        let one = frame { $0.identification = 1 }
        let two = frame { $0.identification = 2 }
        let swapped = ["lan": [two, one]]
        #expect(try differences(expect(first, second), ["lan": [one, two]]) == [])
        #expect(try differences(expect(first, second), swapped).map(\.kind) == [.outOfOrder])
        #expect(try differences("order: any\n" + expect(first, second), swapped) == [])
        let mixed = ["lan": [frame(port: 4001), one]]
        #expect(try differences(expect(first, other), mixed) == [])
        #expect(
            try differences("order: strict\n" + expect(first, other), mixed).map(\.kind)
                == [.outOfOrder])
    }

    @Test("a packet that fits several frames leaves the right one to a packet that fits but that")
    func generalAndSpecial() throws {
        let general = "{port: lan, packet: \(Self.words)}"
        let special = "{port: lan, packet: \(Self.words) id 1}"
        let one = frame { $0.identification = 1 }
        let two = frame { $0.identification = 2 }
        #expect(
            try differences("order: any\n" + expect(general, special), ["lan": [one, two]]) == [])
        #expect(try differences(expect(general, special), ["lan": [two, one]]) == [])
        #expect(try differences(expect(special, general), ["lan": [one, two]]) == [])
    }

    @Test("a wrong checksum is told unless the words or the case say otherwise")
    func checksums() throws {
        let got = ["lan": [frame { $0.checksum = 1 }]]
        let yaml = expect("{port: lan, packet: \(Self.words)}")
        let found = try differences(yaml, got)
        #expect(found.map(\.kind) == [.checksum])
        #expect(found.flatMap(\.fields).map(\.name) == ["ipv4.headerChecksum"])
        #expect(try differences(expect("{port: lan, packet: \(Self.words) checksum 1}"), got) == [])
        #expect(try differences("ignore: [ipv4.headerChecksum]\n" + yaml, got) == [])
    }

    @Test("fields that are ignored or masked are so in words too")
    func ignored() throws {
        let yaml = expect("{port: lan, packet: \(Self.words) ttl 1 tos 7}")
        let got = ["lan": [frame()]]
        #expect(
            try differences(yaml, got).flatMap(\.fields).map(\.name) == [
                "ipv4.typeOfService", "ipv4.timeToLive",
            ])
        #expect(
            try differences("ignore: [ipv4.timeToLive, ipv4.typeOfService]\n" + yaml, got) == [])
        let masked = "ignore: [ipv4.timeToLive]\nmask: {ipv4.typeOfService: 0xf8}\n"
        #expect(try differences(masked + yaml, got) == [])
    }

    @Test("a thousand flows that differ alike are told by some of them, and counted")
    func many() throws {
        let file = try CaseFile(
            yaml: expect("{port: lan, packet: ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 1, flows: 3000}"),
            path: "case.yaml", dropReasons: [])
        let result = file.packets.differences(got: [:], rules: file.rules, path: file.path)
        #expect(result.differences.count == 5)
        #expect(result.omitted == 2_995)
    }
}
