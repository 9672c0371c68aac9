// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Who a frame is for: RFC 1812, 3.3.2 and 5.3.4.
@Suite(.usesEAL) struct AdmitTests {
    @Test(arguments: 0..<14)
    func givenAFrameThatEndsInTheEthernetHeaderItIsTruncated(length: Int) throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        let seen = try bench.run([Array(Frames.ipv4().prefix(length))])
        #expect(seen.drops == [.init(stage: .admit, reason: .truncatedFrame)])
        #expect(bench.drops == [.truncatedFrame: 1])
        #expect(bench.tallies.balances)
    }

    @Test func givenAnothersAddressTheFrameIsNotForUs() throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        let seen = try bench.run([Frames.ipv4(to: 0x02_00_00_00_00_02)])
        #expect(seen.drops == [.init(stage: .admit, reason: .notForUs)])
    }

    /// Another port's address is another's.
    @Test func givenTheAddressOfTheOtherPortTheFrameIsNotForUs() throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        try bench.run([Frames.ipv4(to: Address.right.rawValue)], from: 0)
        #expect(bench.drops == [.notForUs: 1])
        try bench.run([Frames.ipv4(to: Address.right.rawValue)], from: 1)
        #expect(bench.drops == [.notForUs: 1])
    }

    @Test func givenAPortThatTakesAnyAddressAllAreAdmitted() throws {
        let bench = try StageBench(try routing(admitsAny: true), stages: [.admit])
        let seen = try bench.run([Frames.ipv4(to: 0x02_00_00_00_00_02)])
        #expect(seen.drops.isEmpty)
        #expect(bench.state.burst.count == 1)
    }

    @Test(arguments: [0x02_00_00_00_00_01, 0xff_ff_ff_ff_ff_ff, 0x01_00_5e_00_00_01] as [UInt64])
    func givenOurOwnOrAGroupAddressTheFrameIsAdmitted(destination: UInt64) throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        let seen = try bench.run([Frames.ipv4(to: destination)])
        #expect(seen.drops.isEmpty)
        #expect(bench.state.burst.count == 1)
        #expect(bench.state.burst.frames == [Frames.ipv4(to: destination)])
    }

    @Test(
        arguments: [
            (0x0806, DropReason.badARP), (0x86dd, .ipv6NotHandled),
            (0x8847, .unknownEtherType), (0x0026, .unknownEtherType), (0xffff, .unknownEtherType),
        ] as [(UInt16, DropReason)])
    func givenAnotherEtherTypeTheReasonNamesIt(type: UInt16, reason: DropReason) throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        let frame = Frames.ethernet(type: type, payload: [UInt8](repeating: 0, count: 46))
        let seen = try bench.run([frame])
        #expect(seen.drops == [.init(stage: .admit, reason: reason)])
        #expect(bench.tallies.dropped(reason).bytes == 60)
    }

    /// Bytes and frames of each reason, and the order of those that stay.
    @Test func givenAMixedBurstEachFrameHasItsOwnVerdict() throws {
        let bench = try StageBench(try routing(), stages: [.admit])
        let good = (0..<3).map { number in Frames.ipv4 { $0.payload = [UInt8(number)] } }
        let arp = Frames.ethernet(to: 0xffff_ffff_ffff, type: 0x0806, payload: [1, 2])
        let seen = try bench.run([good[0], arp, good[1], [1], arp, good[2]])
        #expect(seen.drops.map(\.reason) == [.truncatedFrame, .truncatedFrame, .truncatedFrame])
        #expect(bench.state.burst.frames == good)
        #expect(bench.tallies.dropped(.truncatedFrame) == .init(frames: 3, bytes: 33))
    }
}
