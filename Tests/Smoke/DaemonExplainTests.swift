// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// A running forwarder tells what it would do with a frame.
@Suite struct DaemonExplainTests {
    private static func router(_ route: String) -> String {
        """
        version: 1
        forward: route
        workers: 1
        ports:
          wan: {device: "vdev:net_null0,no-rx=1", mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
          lan: {device: "vdev:net_null1,no-rx=1", mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
        routes: [\(route)]
        neighbours:
          - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
          - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}

        """
    }

    private static let packet = "ipv4 192.0.2.9 > 10.1.2.3 udp 1000 > 53"

    @Test("the daemon tells what a replay of its configuration tells, and counts nothing")
    func sameAsReplay() async throws {
        try await DaemonProcess.with(Self.router("{to: 10.0.0.0/8, via: 198.51.100.2}")) { daemon in
            let packets = [
                Self.packet, Self.packet + " ttl 1", "ipv4 192.0.2.9 > 203.0.113.9 udp 1 > 2",
                "ipv4 127.0.0.1 > 10.1.2.3 icmp", "arp 192.0.2.9 > 192.0.2.1",
                Self.packet + " checksum 0x1234", Self.packet + " to 02:00:00:00:00:77",
            ]
            for packet in packets {
                let words = ["--port", "wan", "--packet", packet, "--json"]
                let asked = try await FreewayProcess.run(
                    ["explain", "--socket", daemon.socket] + words)
                try #require(asked.code == 0, "\(asked)")
                let replayed = try await FreewayProcess.run(
                    ["explain", daemon.scratch.file("config.yaml")] + words)
                var live = try #require(try asked.decoded(Explanation.self).frames.first)
                let dry = try #require(try replayed.decoded(Explanation.self).frames.first)
                live.journey.time = dry.journey.time
                #expect(live == dry, "\(packet)")
                // The environment names the socket too.
                let named = try await FreewayProcess.run(
                    ["explain"] + words, environment: ["FREEWAY_SOCKET": daemon.socket])
                #expect(named.code == 0, "\(named)")
                #expect(
                    try named.decoded(Explanation.self).frames.first?.journey.exits
                        == dry.journey.exits)
            }
            let stats = try await daemon.stats()
            // The two addresses were announced.
            #expect(stats.ledger.received == 0 && stats.ledger.generated == 2)
            #expect(stats.ledger.transmitted == 2 && stats.ledger.dropped.isEmpty)
            #expect(stats.balanced)
        }
    }

    @Test(
        "after a reload it tells of the new tables; while reloads go on it never contradicts itself"
    )
    func reloads() async throws {
        let first = Self.router("{to: 10.0.0.0/8, via: 198.51.100.2}")
        let second = Self.router("{to: 10.0.0.0/8, action: blackhole}")
        try await DaemonProcess.with(first) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            // Ethernet, IPv4 and UDP as in `packet`; the checksum is Scapy's.
            let hex =
                "0200000001010200000000fe08004500001c000000004011acc4c00002090a01020303e8003500080000"
            let request = ExplainRequest(port: "wan", hex: hex)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 1...20 {
                        _ = try await client.putConfiguration(
                            Data((number.isMultiple(of: 2) ? first : second).utf8))
                    }
                }
                for _ in 0..<100 {
                    let frame = try #require(try await client.explain(request).frames.first)
                    #expect(frame.journey.step("route")?.facts["agrees"] == true)
                }
                try await group.waitForAll()
            }
            let last = try #require(try await client.explain(request).frames.first)
            #expect(last.journey.exits == [.transmitted(port: "lan")])
            _ = try await client.putConfiguration(Data(second.utf8))
            let dropped = try #require(try await client.explain(request).frames.first)
            #expect(dropped.journey.dropReason == "blackhole")
            let ledger = try await daemon.stats().ledger
            #expect(ledger.generated == 2 && ledger.consumed == 0 && ledger.dropped.isEmpty)
        }
    }

    /// Which of eight next hops 32 flows take, and the seed that it follows from.
    private static func spread(
        _ words: [String]
    ) async throws -> (hops: [String], seeds: Set<String>) {
        var hops: [String] = []
        var seeds: Set<String> = []
        for flow in 0..<32 {
            let outcome = try await FreewayProcess.run(
                ["explain"] + words + [
                    "--port", "wan", "--json", "--packet",
                    "ipv4 192.0.2.9 > 10.1.2.\(flow) udp 1000 > 53",
                ])
            try #require(outcome.code == 0, "\(outcome)")
            let journey = try #require(try outcome.decoded(Explanation.self).frames.first?.journey)
            let facts = try #require(journey.step("route")).facts
            #expect(facts["agrees"] == true)
            hops.append(try #require(facts["nextHop"]?.text))
            seeds.insert(try #require(facts["flowSeed"]?.text))
        }
        return (hops, seeds)
    }

    @Test("flows take the next hops that a replay gives them, and keep them when addresses change")
    func flowSeed() async throws {
        let hops = (2...9).map { "198.51.100.\($0)" }.joined(separator: ", ")
        let router = Self.router("{to: 10.0.0.0/8, via: [\(hops)]}")
        let elsewhere = router.replacing("192.0.2.1", with: "192.0.2.77")
        try await DaemonProcess.with(router) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            let first = try await Self.spread(["--socket", daemon.socket])
            // What Tests/Captures/model.py gives for 192.0.2.1 and 198.51.100.1.
            #expect(first.seeds == ["3831076928"])
            let replayed = try await Self.spread([daemon.scratch.file("config.yaml")])
            #expect(first == replayed)

            let moved = try await client.putConfiguration(Data(elsewhere.utf8))
            #expect(moved.ports == ["wan": ["addresses"]])
            #expect(try await Self.spread(["--socket", daemon.socket]) == first)

            let seeded = try await client.putConfiguration(
                Data((elsewhere + "hash: {seed: 5}\n").utf8))
            #expect(seeded.settings == ["hash.seed"])
            let other = try await Self.spread(["--socket", daemon.socket])
            #expect(other.seeds == ["5"] && other.hops != first.hops)

            _ = try await client.putConfiguration(Data(elsewhere.utf8))
            #expect(try await Self.spread(["--socket", daemon.socket]) == first)
        }
    }

    @Test("what cannot be explained is refused with the way out")
    func refusals() async throws {
        try await DaemonProcess.with(Self.router("")) { daemon in
            for (words, message) in [
                (
                    ["--port", "wam", "--hex", "00"],
                    "port: the forwarder has no port wam; did you mean wan? There are wan, lan"
                ),
                (
                    ["--port", "wan", "--hex", String(repeating: "00", count: 10_000)],
                    "hex: the frame has 10000 bytes, a buffer of the forwarder holds "
                ),
            ] {
                let outcome = try await FreewayProcess.run(
                    ["explain", "--socket", daemon.socket] + words)
                #expect(outcome.code == 64, "\(outcome)")
                #expect(outcome.errors.hasPrefix("freeway: \(message)"), "\(outcome)")
            }
            // Any bytes are a frame; none of them harms.
            for hex in ["00", "ffffffffffff", String(repeating: "ff", count: 1500)] {
                let frame = try await ControlClient.unhurried(daemon.socket).explain(
                    ExplainRequest(port: "lan", hex: hex)
                ).frames.first
                #expect(frame?.journey.exits[0].kind == .dropped)
            }
        }
        let nobody = try await FreewayProcess.run([
            "explain", "--socket", "/nonexistent/socket", "--port", "wan", "--hex", "00",
        ])
        #expect(nobody.code == 69)
    }
}

extension FrameJourney {
    fileprivate func step(_ stage: String) -> JourneyStep? { steps.first { $0.stage == stage } }
}
