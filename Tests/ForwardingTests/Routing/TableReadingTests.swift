// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

@testable import Forwarding

/// What the API says of the tables in force, held to the tables and to what made them.
@Suite(.usesEAL) struct TableReadingTests {
    private static let routes = """
        {to: 10.0.0.0/8, via: 192.0.2.9}, {to: 10.1.0.0/16, action: blackhole},
          {to: 10.2.0.0/16, via: [192.0.2.9, {address: 192.0.2.7, weight: 3}]},
          {to: 192.0.2.1/32, action: unreachable}, {to: 0.0.0.0/0, action: unreachable}
        """

    private func page(
        _ still: StillForwarder, after: String? = nil, within: String? = nil, limit: Int = 100
    ) throws -> RoutesReply {
        var page = RoutePage()
        page.after = after.flatMap(Self.prefix)
        page.within = within.flatMap(Self.prefix)
        page.limit = limit
        return try still.forwarder.routes(page)
    }

    private static func prefix(_ text: String) -> IPPrefix? {
        RouteChanges.addressAndLength(text).map { IPPrefix(containing: $0.0, length: $0.1) }
    }

    @Test("each entry says what becomes of packets, and who brought it")
    func entries() throws {
        let still = try StillForwarder(Self.routes)
        defer { still.tearDown() }
        try still.change(["add 10.3.0.0/16 via 192.0.2.9"])
        let port = RouteOrigin(.connected, port: "wan", path: "router.yaml", line: 6)
        let nine = RouteNextHop(
            address: "192.0.2.9", port: "wan", mac: "02:00:00:00:01:09")
        func origin(_ source: RouteOrigin.Source) -> RouteOrigin {
            var origin = port
            origin.source = source
            return origin
        }
        func route(_ line: Int) -> RouteOrigin {
            RouteOrigin(.configuration, path: "router.yaml", line: line)
        }
        let seven = RouteNextHop(address: "192.0.2.7", port: "wan", weight: 3)
        // Lines 7 to 9 of the file have the routes, line 10 the neighbour.
        #expect(
            try page(still).routes == [
                RouteEntry(to: "0.0.0.0/0", type: .unreachable, origin: route(9)),
                RouteEntry(to: "10.0.0.0/8", type: .unicast, nextHops: [nine], origin: route(7)),
                RouteEntry(to: "10.1.0.0/16", type: .blackhole, origin: route(7)),
                RouteEntry(
                    to: "10.2.0.0/16", type: .unicast, nextHops: [nine, seven], origin: route(8)),
                RouteEntry(
                    to: "10.3.0.0/16", type: .unicast, nextHops: [nine],
                    origin: RouteOrigin(.api)),
                RouteEntry(
                    to: "192.0.2.0/24", type: .unicast,
                    nextHops: [RouteNextHop(address: nil, port: "wan")],
                    origin: port),
                // The port's own address wins over the route for it.
                RouteEntry(to: "192.0.2.1/32", type: .local, origin: origin(.local)),
                RouteEntry(
                    to: "192.0.2.9/32", type: .unicast, nextHops: [nine],
                    origin: RouteOrigin(.neighbour, port: "wan", path: "router.yaml", line: 10)),
                RouteEntry(to: "192.0.2.255/32", type: .broadcast, origin: origin(.broadcast)),
            ])
        #expect(
            try still.forwarder.neighbours(NeighbourPage()).neighbours == [
                NeighbourEntry(
                    address: "192.0.2.9", port: "wan", mac: "02:00:00:00:01:09",
                    state: "permanent",
                    origin: RouteOrigin(.neighbour, port: "wan", path: "router.yaml", line: 10))
            ])
    }

    @Test("an address gets its longest prefix, and the reason when nothing gets there")
    func addresses() throws {
        let still = try StillForwarder(Self.routes)
        defer { still.tearDown() }
        for (address, prefix, dropped) in [
            ("10.9.9.9", "10.0.0.0/8", nil), ("10.1.255.255", "10.1.0.0/16", "blackhole"),
            ("10.2.0.0", "10.2.0.0/16", nil), ("9.255.255.255", "0.0.0.0/0", "unreachable"),
            ("192.0.2.1", "192.0.2.1/32", nil),
            ("192.0.2.255", "192.0.2.255/32", "directedBroadcast"),
            ("192.0.2.8", "192.0.2.0/24", nil), ("192.0.2.9", "192.0.2.9/32", nil),
            // What never gets to the table.
            ("224.0.0.5", "0.0.0.0/0", "multicast"),
            ("127.0.0.1", "0.0.0.0/0", "martianDestination"),
            ("169.254.1.1", "0.0.0.0/0", "martianDestination"),
        ] {
            let reply = try still.forwarder.route(to: IPAddress(address)!)
            #expect(reply.address == address)
            #expect(reply.route?.to == prefix, "\(address)")
            #expect(reply.dropped == dropped, "\(address)")
        }
        try still.reload("")
        let none = try still.forwarder.route(to: IPAddress("10.9.9.9")!)
        #expect(none == RouteReply(address: "10.9.9.9", route: nil, dropped: "noRoute"))
    }

    @Test("a line that moves in the file moves here, and nothing in the table")
    func movedLines() throws {
        let still = try StillForwarder("{to: 10.0.0.0/8, via: 192.0.2.9}")
        defer { still.tearDown() }
        #expect(try page(still, within: "10.0.0.0/8").routes.first?.origin.line == 7)
        let before = still.way(to: "10.1.1.1")
        try still.reload("\n\n {to: 10.0.0.0/8, via: 192.0.2.9}")
        #expect(try page(still, within: "10.0.0.0/8").routes.first?.origin.line == 9)
        #expect(still.way(to: "10.1.1.1") == before)
        // A refused change names the new line.
        #expect(throws: Forwarder.RouteRefusal.self) {
            try still.change(["delete 10.0.0.0/8"])
        }
    }

    @Test("while routes come and go, pages have each that stays once, in order", arguments: [1, 2])
    func pagesOfAChangingTable(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let still = try StillForwarder("")
        defer { still.tearDown() }
        let staying = Set((0..<300).map { _ in Self.text(&random) + "/24" })
        try still.change(staying.map { "add \($0) via 192.0.2.9" })
        var coming: Set<String> = []
        var (seen, after): ([String], String?) = ([], nil)
        repeat {
            let limit = Int.random(in: 1...40, using: &random)
            let reply = try page(still, after: after, limit: limit)
            #expect(reply.routes.count == limit || reply.next == nil)
            #expect(reply.next == nil || reply.next == reply.routes.last?.to)
            seen += reply.routes.map(\.to)
            after = reply.next
            // Also the one that the page ended with may go.
            try still.change(coming.map { "delete \($0)" })
            coming = Set((0..<20).map { _ in Self.text(&random) + "/25" })
            try still.change(coming.map { "add \($0) via 192.0.2.9" })
        } while after != nil
        let keys = seen.compactMap { Self.prefix($0).map { PrefixKey($0) } }
        #expect(keys == keys.sorted() && Set(keys).count == keys.count)
        #expect(staying.subtracting(seen) == [])
    }

    /// Groups of 64 are long; a page is not.
    @Test("a page ends early where routes have many next hops")
    func widePages() throws {
        let still = try StillForwarder("")
        defer { still.tearDown() }
        let group = (10..<74).map { "nexthop via 192.0.2.\($0)" }.joined(separator: " ")
        try still.change((0..<200).map { "add 10.0.\($0).0/24 \(group)" })
        var (count, after): (Int, String?) = (0, nil)
        repeat {
            let reply = try page(still, after: after, within: "10.0.0.0/8", limit: 1_000)
            #expect(reply.routes.count <= 64)
            count += reply.routes.count
            after = reply.next
        } while after != nil
        #expect(count == 200)
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let bits = UInt32.random(in: 0...0xffff, using: &random)
        return "10.\(bits >> 8).\(bits & 255).0"
    }
}
