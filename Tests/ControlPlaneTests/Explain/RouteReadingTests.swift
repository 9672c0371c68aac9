// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders
import Testing

@testable import ControlPlane

/// The route stage's choice in the words of the configuration, and a choice that contradicts it.
@Suite struct RouteReadingTests {
    private let configuration: Configuration

    init() throws {
        configuration = try Configuration(
            yaml: Array(
                """
                version: 1
                forward: route
                ports:
                  wan: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
                  lan: {device: "vdev:net_null1", addresses: [198.51.100.1/24]}
                routes:
                  - {to: 0.0.0.0/0, via: 192.0.2.9}
                  - {to: 10.0.0.0/8, via: [{address: 198.51.100.2, weight: 4}, {address: 192.0.2.9, weight: 2}]}
                  - {to: 10.9.0.0/16, action: blackhole}
                  - {to: 198.51.100.128/25, via: 192.0.2.9}
                neighbours:
                  - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}
                  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
                  - {port: lan, address: 198.51.100.200, mac: 02:00:00:00:02:c8}

                """.utf8), path: "test.yaml")
    }

    private static let wan = RouteChoice.Outcome.forward(
        port: 7, mac: MACAddress(rawValue: 0x0200_0000_0109))
    private static let lan = RouteChoice.Outcome.forward(
        port: 8, mac: MACAddress(rawValue: 0x0200_0000_0202))

    /// DPDK's indices of the two ports are 7 and 8.
    private func read(_ address: String, _ choice: RouteChoice) throws -> RouteReading {
        RouteReading(
            choice, to: try #require(IPv4Address(address)), PrefixNames(configuration),
            configuration
        ) { UInt16($0 + 7) }
    }

    @Test(
        arguments: [
            ("8.8.8.8", "0.0.0.0/0", "route", wan),
            ("10.9.1.1", "10.9.0.0/16", "route", .drop(.blackhole)),
            ("192.0.2.9", "192.0.2.9/32", "neighbour", wan),
            ("192.0.2.77", "192.0.2.0/24", "connected", .unresolved(port: 7)),
            ("192.0.2.1", "192.0.2.1/32", "local", .drop(.localNotHandled)),
            ("198.51.100.255", "198.51.100.255/32", "broadcast", .drop(.directedBroadcast)),
            // A neighbour is no route: the longer prefix decides (RFC 1812, 5.2.4.3).
            ("198.51.100.200", "198.51.100.128/25", "route", wan),
        ] as [(String, String, String, RouteChoice.Outcome)])
    func whatTheStageChoseIsNamed(
        address: String, prefix: String, source: String, outcome: RouteChoice.Outcome
    ) throws {
        let reading = try read(address, RouteChoice(group: 1, nextHop: 1, outcome: outcome))
        #expect(reading.match.map { "\($0.prefix)" } == prefix)
        #expect(reading.match?.source.name == source)
        #expect(reading.agrees)
    }

    @Test(
        arguments: [
            ("8.8.8.8", lan), ("8.8.8.8", .drop(.noRoute)), ("8.8.8.8", .unresolved(port: 7)),
            ("10.9.1.1", .drop(.unreachable)), ("192.0.2.77", .unresolved(port: 8)),
            ("192.0.2.1", wan), ("198.51.100.255", .drop(.localNotHandled)),
            ("8.8.8.8", .forward(port: 7, mac: MACAddress(rawValue: 1))),
        ] as [(String, RouteChoice.Outcome)])
    func aChoiceThatContradictsTheConfigurationIsSeen(
        address: String, outcome: RouteChoice.Outcome
    ) throws {
        let choice = RouteChoice(group: 1, nextHop: 1, outcome: outcome)
        #expect(try !read(address, choice).agrees)
    }

    /// Weights 4 and 2 make slots 0, 1 and 2.
    @Test(arguments: [(0, 1, lan), (1, 1, lan), (2, 2, wan)])
    func theSlotOfAGroupNamesTheMember(
        slot: Int, member: Int, outcome: RouteChoice.Outcome
    ) throws {
        let reading = try read(
            "10.1.1.1",
            RouteChoice(group: 5, nextHop: 3, slot: slot, slotCount: 3, outcome: outcome))
        #expect(reading.member?.number == member && reading.member?.count == 2)
        #expect(reading.agrees)
        let wrong = try read(
            "10.1.1.1",
            RouteChoice(
                group: 5, nextHop: 3, slot: slot, slotCount: 3,
                outcome: outcome == Self.wan ? Self.lan : Self.wan))
        #expect(!wrong.agrees)
    }

    /// With a link down a group has other slots, and a single next hop drops.
    @Test func linksThatAreDown() throws {
        let left = try read(
            "10.1.1.1", RouteChoice(group: 5, nextHop: 3, slotCount: 1, outcome: Self.wan))
        #expect(left.agrees)
        #expect(left.member?.number == 2)
        #expect(left.nextHop == IPv4Address("192.0.2.9"))
        let down = try read(
            "8.8.8.8", RouteChoice(group: 2, nextHop: 2, outcome: .drop(.linkDown)))
        #expect(down.agrees)
        #expect(down.nextHop == IPv4Address("192.0.2.9"))
        let wrong = try read(
            "192.0.2.1", RouteChoice(group: 2, nextHop: 2, outcome: .drop(.linkDown)))
        #expect(!wrong.agrees)
    }

    @Test func withoutAPrefixThereIsNoRoute() throws {
        var bare = configuration
        bare.routes = []
        let reading = RouteReading(
            RouteChoice(group: 0, nextHop: 0, outcome: .drop(.noRoute)),
            to: IPv4Address(rawValue: 0x0808_0808), PrefixNames(bare), bare
        ) { UInt16($0) }
        #expect(reading.match == nil && reading.agrees)
    }
}
