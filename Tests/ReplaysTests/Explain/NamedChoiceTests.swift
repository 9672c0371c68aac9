// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Forwarding

/// The route stage's choice in words: the hop that the stage took, and whether it should have.
@Suite struct NamedChoiceTests {
    private let configuration: Configuration
    private var contents = RouteContents()
    /// The numbers of what has a meaning in the tables.
    private let numbers: [NextHopRegistry.Meaning: Int]

    private static let east = NextHopRegistry.Meaning.host(
        .init(address: IPAddress("198.51.100.2")!))
    private static let nine = NextHopRegistry.Meaning.host(.init(address: IPAddress("192.0.2.9")!))
    /// A next hop on lan whose MAC nobody knows.
    private static let silent = NextHopRegistry.Meaning.host(
        .init(address: IPAddress("198.51.100.77")!))
    private static let group = NextHopRegistry.Meaning.group([
        member("198.51.100.2", weight: 4), member("192.0.2.9", weight: 2),
    ])
    private static let three = NextHopRegistry.Meaning.group([
        member("198.51.100.2"), member("192.0.2.9"), member("198.51.100.77"),
    ])

    private static func member(_ address: String, weight: Int = 1) -> NextHopRegistry.Member {
        NextHopRegistry.Member(host: .init(address: IPAddress(address)!), weight: weight)
    }

    /// DPDK's indices of the two ports are 7 and 8.
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
                  - {to: 10.10.0.0/16, via: [198.51.100.2, 192.0.2.9, 198.51.100.77]}
                  - {to: 198.51.100.128/25, via: 192.0.2.9}
                neighbours:
                  - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}
                  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
                  - {port: lan, address: 198.51.100.200, mac: 02:00:00:00:02:c8}

                """.utf8), path: "test.yaml")
        _ = try contents.set(configuration, numbers: [7, 8])
        contents.registry.collect()
        var numbers: [NextHopRegistry.Meaning: Int] = [:]
        for number in 1...UInt16(contents.registry.count) {
            numbers[try #require(contents.registry[number])] = Int(number)
        }
        self.numbers = numbers
    }

    private static let wan = RouteChoice.Outcome.forward(
        interface: 7, mac: MACAddress(rawValue: 0x0200_0000_0109))
    private static let lan = RouteChoice.Outcome.forward(
        interface: 8, mac: MACAddress(rawValue: 0x0200_0000_0202))

    private func read(
        _ address: String, _ choice: RouteChoice, down: Set<UInt16> = []
    ) throws -> NamedChoice {
        // Which ports they leave by is all that matters here.
        let networks = configuration.networks["main"]
        let table = try contents.registry.table { host in
            .known(.unresolved(port: networks.holder(of: host.address)?.interface == 0 ? 7 : 8))
        } connected: {
            .glean(port: $0, interface: $0)
        }
        return NamedChoice(
            choice, to: try #require(IPAddress(address)),
            NamedTables(
                contents: contents, nextHops: table.laidOut(linksDown: down),
                configuration: configuration, numbers: [7, 8], down: down))
    }

    private func choice(
        _ meaning: NextHopRegistry.Meaning, _ outcome: RouteChoice.Outcome
    ) throws -> RouteChoice {
        let number = try #require(numbers[meaning])
        return RouteChoice(group: number, nextHop: number, outcome: outcome)
    }

    private func choice(
        _ member: NextHopRegistry.Meaning, of group: NextHopRegistry.Meaning, slot: Int,
        of count: Int, _ outcome: RouteChoice.Outcome
    ) throws -> RouteChoice {
        RouteChoice(
            group: try #require(numbers[group]), nextHop: try #require(numbers[member]),
            // The lowest hash whose share of the slots is this one.
            flowHash: UInt32((UInt64(slot) << 32 + UInt64(count) - 1) / UInt64(count)),
            outcome: outcome)
    }

    private static let choices:
        [(String, String, RouteContents.Source, NextHopRegistry.Meaning, RouteChoice.Outcome)] = [
            ("8.8.8.8", "0.0.0.0/0", .route, nine, wan),
            ("10.9.1.1", "10.9.0.0/16", .route, .drop(.blackhole), .drop(.blackhole)),
            ("192.0.2.9", "192.0.2.9/32", .neighbour, nine, wan),
            (
                "192.0.2.77", "192.0.2.0/24", .connected, .connected(interface: 7),
                .unresolved(interface: 7)
            ),
            (
                "192.0.2.1", "192.0.2.1/32", .local, .drop(.localNotHandled),
                .drop(.localNotHandled)
            ),
            (
                "198.51.100.255", "198.51.100.255/32", .broadcast, .drop(.directedBroadcast),
                .drop(.directedBroadcast)
            ),
            // A neighbour is no route: the longer prefix decides (RFC 1812, 5.2.4.3).
            ("198.51.100.200", "198.51.100.128/25", .route, nine, wan),
        ]

    @Test(arguments: choices)
    func whatTheStageChoseIsNamed(
        address: String, prefix: String, source: RouteContents.Source,
        meaning: NextHopRegistry.Meaning, outcome: RouteChoice.Outcome
    ) throws {
        let reading = try read(address, choice(meaning, outcome))
        #expect(reading.match.map { "\($0.prefix)" } == prefix)
        #expect(reading.match?.source == source)
        #expect(reading.agrees)
    }

    /// Whatever should have been: the hop that is named is the one that the stage took.
    @Test(
        arguments: [
            ("8.8.8.8", east, lan, "198.51.100.2"),
            ("8.8.8.8", .drop(.blackhole), .drop(.noRoute), nil),
            ("8.8.8.8", nine, .unresolved(interface: 7), "192.0.2.9"),
            ("10.9.1.1", .drop(.blackhole), .drop(.unreachable), nil),
            ("192.0.2.77", .connected(interface: 8), .unresolved(interface: 8), "192.0.2.77"),
            ("192.0.2.1", nine, wan, "192.0.2.9"),
            ("198.51.100.255", .drop(.localNotHandled), .drop(.localNotHandled), nil),
            ("8.8.8.8", nine, .forward(interface: 7, mac: MACAddress(rawValue: 1)), "192.0.2.9"),
            ("8.8.8.8", nine, .drop(.linkDown), "192.0.2.9"),
            ("192.0.2.1", .drop(.localNotHandled), .drop(.linkDown), nil),
            ("10.1.1.1", east, lan, "198.51.100.2"),
        ] as [(String, NextHopRegistry.Meaning, RouteChoice.Outcome, String?)])
    func aChoiceThatNothingAsksForIsSeen(
        address: String, meaning: NextHopRegistry.Meaning, outcome: RouteChoice.Outcome,
        nextHop: String?
    ) throws {
        let reading = try read(address, choice(meaning, outcome))
        #expect(!reading.agrees)
        #expect(reading.nextHop.map { "\($0)" } == nextHop)
    }

    @Test func anEntryThatTheTableLacksIsSeen() throws {
        for number in [0, 1000, 65_535, 65_536, Int.max] {
            let reading = try read(
                "8.8.8.8", RouteChoice(group: number, nextHop: number, outcome: Self.wan))
            #expect(!reading.agrees && reading.nextHop == nil)
        }
    }

    /// Weights 4 and 2 make slots 0, 1 and 2.
    @Test(
        arguments: [(0, 1, east, lan), (1, 1, east, lan), (2, 2, nine, wan)]
            as [(Int, Int, NextHopRegistry.Meaning, RouteChoice.Outcome)])
    func theSlotOfAGroupNamesTheMember(
        slot: Int, member: Int, meaning: NextHopRegistry.Meaning, outcome: RouteChoice.Outcome
    ) throws {
        let reading = try read(
            "10.1.1.1", choice(meaning, of: Self.group, slot: slot, of: 3, outcome))
        #expect(reading.member?.number == member && reading.member?.count == 2)
        #expect(reading.agrees)
        // The other member, with all that is its own.
        let (other, way) = meaning == Self.east ? (Self.nine, Self.wan) : (Self.east, Self.lan)
        let wrong = try read("10.1.1.1", choice(other, of: Self.group, slot: slot, of: 3, way))
        #expect(!wrong.agrees)
        #expect(wrong.member?.number == 3 - member)
        // The right one under another group, and the group itself as a next hop.
        #expect(
            try !read(
                "10.1.1.1", choice(meaning, of: Self.three, slot: slot, of: 3, outcome)
            ).agrees)
        #expect(try !read("10.1.1.1", choice(Self.group, outcome)).agrees)
    }

    /// A group whose third member has no MAC, while links are up: its flows are that member's, and dropped.
    @Test func aMemberWithoutANeighbourIsNamed() throws {
        let silent = try choice(
            Self.silent, of: Self.three, slot: 2, of: 3, .unresolved(interface: 8))
        let reading = try read("10.10.1.1", silent)
        #expect(reading.agrees)
        #expect(reading.member?.number == 3)
        #expect(reading.nextHop == IPAddress("198.51.100.77"))
        #expect(reading.interface == 8)
        // The first member is behind the same port.
        #expect(
            try !read(
                "10.10.1.1",
                choice(Self.silent, of: Self.three, slot: 0, of: 3, .unresolved(interface: 8))
            ).agrees)
    }

    /// wan (7) is down: its slot, the second of three, is shared by the two behind lan, and each other slot
    /// is split into two that stay where they were. `laidOut` makes 0 0 | 0 2 | 2 2 of 0 | 1 | 2.
    @Test func membersStandInForOneWhoseLinkIsDown() throws {
        let owners = [0, 0, 0, 2, 2, 2]
        let members: [(NextHopRegistry.Meaning, RouteChoice.Outcome)] = [
            (Self.east, Self.lan), (Self.nine, Self.wan), (Self.silent, .unresolved(interface: 8)),
        ]
        for (slot, owner) in owners.enumerated() {
            let (meaning, outcome) = members[owner]
            let reading = try read(
                "10.10.1.1", choice(meaning, of: Self.three, slot: slot, of: 6, outcome), down: [7])
            #expect(reading.agrees, "slot \(slot)")
            #expect(reading.member?.number == owner + 1)
            // While wan is up nobody stands in for its member, nor takes a slot of the other.
            if slot / 2 == 1 {
                #expect(
                    try !read(
                        "10.10.1.1", choice(meaning, of: Self.three, slot: slot, of: 6, outcome)
                    ).agrees)
            }
            let down = try choice(
                Self.nine, of: Self.three, slot: slot, of: 6, .drop(.linkDown))
            #expect(try !read("10.10.1.1", down, down: [7]).agrees)
            guard slot / 2 != 1 else { continue }
            let (other, way) = members[2 - owner]
            #expect(
                try !read(
                    "10.10.1.1", choice(other, of: Self.three, slot: slot, of: 6, way), down: [7]
                ).agrees)
        }
    }

    /// With one member left there are as many slots as before, and all are its own.
    @Test func theLastMemberStandsInForAll() throws {
        for slot in 0..<3 {
            let left = try read(
                "10.1.1.1", choice(Self.nine, of: Self.group, slot: slot, of: 3, Self.wan),
                down: [8])
            #expect(left.agrees)
            #expect(left.member?.number == 2)
            #expect(left.nextHop == IPAddress("192.0.2.9"))
        }
    }

    /// Nobody is left: each flow is dropped at its own member.
    @Test func withoutAnyLinkFlowsStayWithTheirMembers() throws {
        for (slot, member) in [Self.east, Self.east, Self.nine].enumerated() {
            let reading = try read(
                "10.1.1.1", choice(member, of: Self.group, slot: slot, of: 3, .drop(.linkDown)),
                down: [7, 8])
            #expect(reading.agrees, "slot \(slot)")
            #expect(reading.interface == (member == Self.nine ? 7 : 8))
        }
    }

    @Test func aNextHopWhoseLinkIsDownIsNamed() throws {
        let down = try read("8.8.8.8", choice(Self.nine, .drop(.linkDown)), down: [7])
        #expect(down.agrees)
        #expect(down.nextHop == IPAddress("192.0.2.9"))
        #expect(down.interface == 7)
        let connected = try read(
            "192.0.2.77", choice(.connected(interface: 7), .drop(.linkDown)), down: [7])
        #expect(connected.agrees && connected.interface == 7)
        // Another link is down, or this one and the stage forwards all the same.
        #expect(try !read("8.8.8.8", choice(Self.nine, .drop(.linkDown)), down: [8]).agrees)
        #expect(try !read("8.8.8.8", choice(Self.nine, Self.wan), down: [7]).agrees)
    }

    @Test func withoutAPrefixThereIsNoRoute() throws {
        let none = RouteChoice(group: 0, nextHop: 0, outcome: .drop(.noRoute))
        let reading = NamedChoice(
            none, to: IPAddress(IPv4Address(rawValue: 0x0808_0808)),
            NamedTables(
                contents: RouteContents(), nextHops: NextHopTable(), configuration: configuration,
                numbers: [7, 8], down: []))
        #expect(reading.match == nil && reading.agrees)
        #expect(try !read("8.8.8.8", none).agrees)
    }
}
