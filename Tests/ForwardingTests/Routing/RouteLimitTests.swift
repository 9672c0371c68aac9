// SPDX-License-Identifier: Apache-2.0

import EALSupport
import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Forwarding

/// What there is only so much of: numbers of next hops, and room in the table.
@Suite(.usesEAL) struct RouteLimitTests {
    private func engine(capacity: Int) throws -> RouteEngine {
        let yaml = """
            version: 1
            forward: route
            workers: 1
            memory: {routes: \(capacity)}
            ports:
              a: {device: "vdev:net_null0", addresses: [10.0.0.1/8]}
            routes: [{to: 0.0.0.0/0, via: 10.9.9.9}]

            """
        return try RouteEngine(Configuration(yaml: Array(yaml.utf8), path: "router.yaml"))
    }

    private func changes(_ lines: [String]) -> RouteChanges {
        var parser = RouteTextParser()
        let text = Array(lines.joined(separator: "\n").utf8)
        text.withUnsafeBytes { parser.take($0) }
        return parser.finish()
    }

    @Test("replacing next hops for ever never runs out of numbers")
    func numbersComeBack() throws {
        var engine = try engine(capacity: 2_000)
        defer { engine.free() }
        // Given 1,000 routes, when each gets another pair of next hops 80 times: 80,000 pairs.
        for round in 0..<80 {
            let lines = (0..<1_000).map { number in
                let hop = 2 + round * 1_000 + number
                return "replace 192.\(number >> 8).\(number & 255).0/24 nexthop via "
                    + "10.\(hop >> 16).\(hop >> 8 & 255).\(hop & 255) nexthop via 10.200.0.1 weight 3"
            }
            let done = try engine.apply(changes(lines))
            try #require(done.problems.isEmpty, "\(round): \(done.problems.first?.message ?? "")")
        }
        // Then only what is in use has a number.
        #expect(engine.contents.registry.count < 2_100)
        let last = IPAddress(IPv4Address(rawValue: 0xc000_0001))
        for fib in [engine.pair.live, try #require(engine.pair.spare)] {
            #expect(
                engine.outcome(last, in: fib)
                    == "nexthop via 10.1.52.154 weight 1 nexthop via 10.200.0.1 weight 3")
        }
    }

    @Test("too many different next hops at once are refused, and nothing of them stays")
    func tooManyNumbers() throws {
        var engine = try engine(capacity: 40_000)
        defer { engine.free() }
        let before = engine.contents.registry.count
        let done = try engine.apply(
            changes(
                (0..<33_000).map {
                    "add 192.\($0 >> 8).\($0 & 255).0/24 via 10.\(1 + ($0 >> 8)).\($0 & 255).1"
                }))
        #expect(
            done.problems.first?.message.hasPrefix("there is no room for another next hop") == true)
        #expect(engine.contents.registry.count == before)
        #expect(engine.contents.routesOfAPI == 0)
        for fib in [engine.pair.live, engine.pair.spare].compactMap({ $0 }) {
            #expect(
                engine.outcome(IPAddress(IPv4Address(rawValue: 0xc000_0001)), in: fib)
                    == "via 10.9.9.9")
        }
    }
}
