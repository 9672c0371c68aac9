// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Where a packet goes: the longest prefix (RFC 1812, 5.2.4.3) and what it says.
@Suite(.usesEAL) struct RouteTests {
    @Test func givenNoTableNothingHasARoute() throws {
        let bench = try StageBench(Snapshot(ports: [:]), stages: [.route])
        let seen = try bench.run([Frames.ipv4(), Frames.ipv4()])
        #expect(
            seen.drops == [
                .init(stage: .route, reason: .noRoute), .init(stage: .route, reason: .noRoute),
            ])
        #expect(bench.drops == [.noRoute: 2])
        #expect(bench.tallies.balances)
    }

    @Test func givenNoPrefixThePacketHasNoRoute() throws {
        let bench = try StageBench(try routing(), stages: [.route])
        let seen = try bench.run([Frames.ipv4 { $0.destination = 0x0808_0808 }])
        #expect(seen.drops == [.init(stage: .route, reason: .noRoute)])
        #expect(seen.choices == [.init(group: 0, nextHop: 0)])
    }

    @Test(arguments: [
        DropReason.blackhole, .unreachable, .localNotHandled, .directedBroadcast,
    ])
    func givenARouteThatDropsItsReasonCounts(reason: DropReason) throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                fib.paint(address: 0x0a00_0000, length: 8, value: nextHops.add(.drop(reason))!)
            }, stages: [.route])
        let seen = try bench.run([
            Frames.ipv4 { $0.destination = 0x0a01_0203 }, Frames.ipv4(),
        ])
        #expect(seen.drops == [.init(stage: .route, reason: reason)])
        #expect(bench.drops == [reason: 1])
        #expect(bench.state.burst.count == 1)
    }

    @Test func givenNestedPrefixesTheObserverSeesTheLongest() throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                for length in [8, 16, 32] {
                    let entry = nextHops.add(.unresolved(port: 1))!
                    fib.paint(address: 0x0a01_0203, length: length, value: entry)
                }
            }, stages: [.route])
        let seen = try bench.run(
            [0x0a01_0203, 0x0a01_0204, 0x0a02_0000, 0xc633_6401].map { address in
                Frames.ipv4 { $0.destination = address }
            })
        #expect(seen.choices.map(\.nextHop) == [4, 3, 2, 1])
        #expect(seen.choices.map(\.group) == [4, 3, 2, 1])
        #expect(seen.drops.isEmpty)
    }

    @Test func givenAGroupTheObserverSeesGroupAndMember() throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                let member = nextHops.add(.unresolved(port: 1))!
                let group = nextHops.addGroup([(member, 1)])!
                fib.paint(address: 0x0a00_0000, length: 8, value: group)
            }, stages: [.route])
        let seen = try bench.run([Frames.ipv4 { $0.destination = 0x0a00_0001 }])
        #expect(seen.choices == [.init(group: 3, nextHop: 2)])
    }

    @Test func givenAGroupWithABlackholeInItItsShareIsDropped() throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                let group = nextHops.addGroup([(nextHops.add(.drop(.blackhole))!, 1)])!
                fib.paint(address: 0x0a00_0000, length: 8, value: group)
            }, stages: [.route])
        let seen = try bench.run([Frames.ipv4 { $0.destination = 0x0a00_0001 }])
        #expect(seen.drops == [.init(stage: .route, reason: .blackhole)])
    }
}
