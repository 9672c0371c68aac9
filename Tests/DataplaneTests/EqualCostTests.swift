// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Several next hops for one prefix: a flow keeps its own (RFC 2992), and each has its share.
@Suite(.usesEAL) struct EqualCostTests {
    @Test(arguments: [6, 17, 132] as [UInt8])
    func givenOneFlowAllItsPacketsTakeOneMember(ipProtocol: UInt8) throws {
        let bench = try grouping([1, 1, 1, 1])
        let ports = Frames.big(0x1234_0035, 4)
        var chosen: Set<Int> = []
        for number in 0..<64 {
            let seen = try bench.run([
                Frames.ipv4 {
                    $0.destination = 0x0a00_0001
                    $0.ipProtocol = ipProtocol
                    $0.identification = UInt16(number)
                    $0.timeToLive = UInt8(64 + number)
                    $0.options = number.isMultiple(of: 2) ? [] : [1, 1, 1, 0]
                    $0.payload = ports + [UInt8](repeating: UInt8(number), count: 8 + number)
                }
            ])
            chosen.formUnion(seen.choices.map(\.nextHop))
        }
        #expect(chosen.count == 1)
    }

    /// The first fragment has ports, the others have none: they must not part.
    @Test func givenADatagramInFragmentsAllTakeOneMember() throws {
        let bench = try grouping([1, 1, 1, 1])
        for flow in 0..<200 {
            let seen = try bench.run(
                ([0x2000, 0x20b9, 0x0172] as [UInt16]).map { fragment in
                    Frames.ipv4 {
                        $0.destination = 0x0a00_0000 | UInt32(flow)
                        $0.identification = UInt16(flow)
                        $0.fragment = fragment
                        $0.payload = Frames.big(UInt64(flow) << 16 | UInt64(fragment), 8)
                    }
                })
            #expect(Set(seen.choices.map(\.nextHop)).count == 1, "flow \(flow)")
        }
    }

    @Test func givenPingsBetweenTwoHostsAllTakeOneMember() throws {
        let bench = try grouping([1, 1, 1, 1])
        let seen = try bench.run(
            (0..<64).map { number in
                Frames.ipv4 {
                    $0.destination = 0x0a00_0001
                    $0.ipProtocol = 1
                    $0.payload = [8, 0] + Frames.big(UInt64(number) << 16 | UInt64(number), 6)
                }
            })
        #expect(Set(seen.choices.map(\.nextHop)).count == 1)
    }

    /// Pearson's chi-square over 4,096 flows: the bound is passed by chance once in 10^6 or less.
    @Test(arguments: [[1, 1], [1, 1, 1], [3, 1], [10, 20, 30, 40], [1, 1, 1, 1, 1, 1, 1]])
    func givenWeightsFlowsSpreadAccordingly(weights: [Int]) throws {
        let bench = try grouping(weights)
        // Seed 11.
        var random = SeededGenerator(seed: 11)
        var counts: [Int: Int] = [:]
        for _ in 0..<64 {
            let seen = try bench.run(
                (0..<64).map { _ in
                    let word = random.next()
                    return Frames.udp(
                        from: (0xc000_0200 | UInt32(word & 0xff), UInt16(word >> 8 & 0xffff)),
                        to: (0x0a00_0000 | UInt32(word >> 24 & 0xffff), 53))
                })
            for choice in seen.choices { counts[choice.nextHop, default: 0] += 1 }
        }
        let total = Double(weights.reduce(0, +))
        var chiSquare = 0.0
        for (index, weight) in weights.enumerated() {
            let expected = 4096 * Double(weight) / total
            let difference = Double(counts[index + 2] ?? 0) - expected
            chiSquare += difference * difference / expected
        }
        #expect(counts.values.reduce(0, +) == 4096)
        #expect(chiSquare < 40)
    }

    /// A member that differs only in the port of one flow: neighbouring flows do not stick together.
    @Test func givenFlowsThatDifferInOneBitTheySpreadToo() throws {
        let bench = try grouping([1, 1])
        let seen = try bench.run(
            (0..<64).map { Frames.udp(from: (0xc000_0201, UInt16($0)), to: (0x0a00_0001, 53)) })
        let first = seen.choices.count { $0.nextHop == 2 }
        #expect((12...52).contains(first))
    }

    /// Of a router with one seed the flows that go to its first member, and what a router with another seed
    /// makes of them: as many for each member, give or take five standard deviations. With one seed in
    /// both, or one that goes in behind the mixing, all have one member.
    @Test(
        arguments: [(0, 1), (1, 2), (0x8000_0000, 0), (0xdead_beef, 0xdead_beee)]
            as [(UInt32, UInt32)])
    func givenASecondRouterWithAnotherSeedTheFlowsOfOneMemberSpread(
        first: UInt32, second: UInt32
    ) throws {
        for count in [2, 3, 4] {
            let weights = [Int](repeating: 1, count: count)
            let (front, behind) = (
                try grouping(weights, seed: first), try grouping(weights, seed: second)
            )
            let same = try grouping(weights, seed: first)
            var counts = [Int](repeating: 0, count: count)
            for burst in 0..<96 {
                let flows = (0..<64).map { number -> [UInt8] in
                    Frames.udp(
                        from: (0xc000_0200 | UInt32(number), UInt16(1024 + burst)),
                        to: (0x0a00_0000 | UInt32(burst), 53))
                }
                let chosen = try front.run(flows).choices.map(\.nextHop)
                #expect(try same.run(flows).choices.map(\.nextHop) == chosen)
                for (choice, before) in zip(try behind.run(flows).choices, chosen)
                where before == 2 {
                    counts[choice.nextHop - 2] += 1
                }
            }
            let total = Double(counts.reduce(0, +))
            let share = total / Double(count)
            let deviation = (share * (1 - 1 / Double(count))).squareRoot()
            for number in counts {
                #expect(
                    abs(Double(number) - share) < 5 * deviation, "\(first), \(second): \(counts)")
            }
        }
    }

    /// Entries 2 and up are the members, in order; 10.0.0.0/8 names the group.
    private func grouping(_ weights: [Int], seed: UInt32 = 0) throws -> StageBench {
        try StageBench(
            try routing(flowSeed: seed) { fib, nextHops in
                let members = weights.map { weight in
                    (entry: nextHops.add(.unresolved(port: 1))!, weight: weight)
                }
                fib.paint(address: 0x0a00_0000, length: 8, value: nextHops.addGroup(members)!)
            }, stages: [.route, .rewrite])
    }
}
