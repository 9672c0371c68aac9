// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Any frame crosses to the peer, unchanged.
@Suite(.usesEAL) struct CrossConnectTests {
    @Test(arguments: [false, true])
    func givenAPortWithoutPeerItsFramesAreNotConnected(isHandedOff: Bool) throws {
        let bench = try StageBench(crossing([(0, 1)]), stages: [.crossConnect])
        let seen = try bench.run([[1], [2, 2]], from: 2, isHandedOff: isHandedOff)
        #expect(seen.drops.map(\.reason) == [.notConnected, .notConnected])
        #expect(bench.tallies.dropped(.notConnected) == .init(frames: 2, bytes: 3))
        #expect(bench.tallies.balances)
    }

    @Test(arguments: [false, true], [0, 1, 13, 14, 60, 1514, 2048])
    func givenAnyBytesTheyCrossUnchanged(isHandedOff: Bool, length: Int) throws {
        let bench = try StageBench(
            crossing([(0, 1)]), stages: [.crossConnect],
            // A full ring: frames wait in the transmit buffer, where the test can see them.
            routes: [1: try Self.blocked()])
        let frame = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let seen = try bench.run([frame, [9]], from: 0, isHandedOff: isHandedOff)
        #expect(seen.sends == [1, 1])
        #expect(bench.sent(by: 1) == [frame, [9]])
    }

    @Test func givenAHandedOffBurstEachFrameCrossesFromItsOwnPort() throws {
        let bench = try StageBench(crossing([(0, 1), (2, 3)]), stages: [.crossConnect])
        try bench.state.burst.add([numbered(0), numbered(1), numbered(2), numbered(3)])
        for (index, port) in [0, 2, 1, 0].enumerated() {
            bench.state.burst[index].port = UInt16(port)
        }
        let seen = bench.walk(from: nil)
        #expect(seen.sends == [1, 3, 0, 1])
        #expect(bench.sent(by: 1).map(\.lastNumber) == [0, 3])
        #expect(bench.sent(by: 3).map(\.lastNumber) == [1])
        #expect(bench.sent(by: 0).map(\.lastNumber) == [2])
    }

    @Test func givenFramesThatWaitTheNewOnesStayBehindThem() throws {
        let bench = try StageBench(
            crossing([(0, 1)]), stages: [.crossConnect], routes: [1: try Self.blocked()])
        try bench.run([numbered(0), numbered(1)])
        try bench.run([numbered(2)])
        #expect(bench.sent(by: 1).map(\.lastNumber) == [0, 1, 2])
        #expect(bench.tallies.heldInBuffers == 3)
        #expect(bench.tallies.balances)
    }

    /// A way that takes nothing.
    private static func blocked() throws -> TransmitRoute {
        TransmitRoute(kind: .worker, port: 1, queue: 0, ring: nil, waits: false)
    }
}
