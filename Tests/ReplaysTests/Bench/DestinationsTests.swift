// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Replays

/// Destinations that a configuration forwards.
@Suite struct DestinationsTests {
    private static func configuration(
        routes: String, neighbours: String = known
    ) throws -> Configuration {
        try Configuration(
            yaml: """
                version: 1
                forward: route
                ports:
                  in: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
                  out: {device: "vdev:net_null1", addresses: [198.51.100.1/24]}
                routes:
                \(routes)
                \(neighbours)
                """, path: "test.yaml")
    }

    private static let known = """
        neighbours:
          - {port: out, address: 198.51.100.2, mac: "02:00:00:00:00:99"}
        """

    private func draw(_ count: Int, _ destinations: Destinations) -> [IPAddress] {
        var numbers = SeededNumbers(seed: 1)
        return (0..<count).compactMap { _ in destinations.draw(&numbers) }
    }

    @Test("a route to a neighbour without a MAC address leads to nobody")
    func nobody() throws {
        let configuration = try Self.configuration(
            routes: "  - {to: 10.0.0.0/8, via: 198.51.100.2}", neighbours: "")
        #expect(Destinations(configuration) == nil)
    }

    @Test("a group leads on only when all its members' MAC addresses are known")
    func group() throws {
        let configuration = try Self.configuration(
            routes: "  - {to: 10.0.0.0/8, via: [198.51.100.2, 198.51.100.3]}")
        // What is left is the neighbour itself.
        let destinations = try #require(Destinations(configuration))
        #expect(draw(50, destinations).allSatisfy { $0 == IPAddress("198.51.100.2") })
    }

    @Test("no destination lies in a longer prefix that drops, nor in a port's own network")
    func longestPrefix() throws {
        let configuration = try Self.configuration(
            routes: """
                  - {to: 0.0.0.0/0, via: 198.51.100.2}
                  - {to: 192.0.0.0/16, via: 198.51.100.2}
                  - {to: 192.0.128.0/17, action: blackhole}
                """)
        let destinations = try #require(Destinations(configuration))
        let route = IPPrefix(containing: IPAddress("192.0.0.0")!, length: 17)
        let own = IPPrefix(containing: IPAddress("192.0.2.0")!, length: 24)
        let drawn = draw(5_000, destinations)
        #expect(drawn.count == 5_000)
        #expect(drawn.allSatisfy { route.contains($0) && !own.contains($0) })
        #expect(!destinations.isForwarded(IPAddress("192.0.200.1")!))
        #expect(!destinations.isForwarded(IPAddress("198.51.100.255")!))
        #expect(!destinations.isForwarded(IPAddress("198.51.100.1")!))
        #expect(destinations.isForwarded(IPAddress("198.51.100.2")!))
        #expect(destinations.isForwarded(IPAddress("8.8.8.8")!))
    }

    @Test("a default route alone gives unicast addresses of all kinds")
    func defaultRoute() throws {
        let configuration = try Self.configuration(
            routes: "  - {to: 0.0.0.0/0, via: 198.51.100.2}")
        let drawn = draw(5_000, try #require(Destinations(configuration)))
        let firsts = Set(drawn.map { UInt32(truncatingIfNeeded: $0.low) >> 24 })
        #expect(firsts.count > 200)
        #expect(firsts.allSatisfy { $0 >= 1 && $0 <= 223 && $0 != 127 })
    }

    @Test(
        "when longer prefixes hold a whole route, there is no destination in it, and no endless search"
    )
    func heldWhole() throws {
        let configuration = try Self.configuration(
            routes: """
                  - {to: 10.0.0.0/8, via: 198.51.100.2}
                  - {to: 10.0.0.0/9, action: blackhole}
                  - {to: 10.128.0.0/9, action: unreachable}
                """)
        #expect(draw(1, try #require(Destinations(configuration))).isEmpty)
    }
}
