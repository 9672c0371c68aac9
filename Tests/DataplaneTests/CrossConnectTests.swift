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
            paths: [1: try Self.blocked()])
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
            crossing([(0, 1)]), stages: [.crossConnect], paths: [1: try Self.blocked()])
        try bench.run([numbered(0), numbered(1)])
        try bench.run([numbered(2)])
        #expect(bench.sent(by: 1).map(\.lastNumber) == [0, 1, 2])
        #expect(bench.tallies.inBuffers == 3)
        #expect(bench.tallies.balances)
    }

    /// IEEE 802.3: 14 bytes of header before the payload, and 4 more for each tag of 802.1Q or 802.1ad.
    @Test(
        arguments: [
            (tags: [] as [UInt16], fits: 1514, tooLong: 1515), ([0x8100], 1518, 1519),
            ([0x88a8, 0x8100], 1522, 1523), ([0x88a8, 0x8100, 0x8100], 1522, 1523),
        ], [false, true])
    func givenAWayOutWithAnMTULongerFramesAreDroppedByName(
        frame: (tags: [UInt16], fits: Int, tooLong: Int), isHandedOff: Bool
    ) throws {
        let ports: [UInt16: PortEntry] = [
            0: PortEntry(address: Address.own, admitsAny: true, peer: 1, peerMTU: 1500),
            1: PortEntry(address: Address.right, admitsAny: true, peer: 0),
        ]
        let bench = try StageBench(Snapshot(ports: ports), stages: [.crossConnect])
        func tagged(_ length: Int) -> [UInt8] {
            let start =
                [UInt8](repeating: 2, count: 12)
                + frame.tags.flatMap { Frames.big(UInt64($0), 2) + [0, 7] } + [0x88, 0xb5]
            return start + [UInt8](repeating: 9, count: length - start.count)
        }
        let small = tagged(64)
        let seen = try bench.run(
            [small, tagged(frame.tooLong), tagged(frame.fits), small, tagged(2048)], from: 0,
            isHandedOff: isHandedOff)
        #expect(seen.drops.map(\.reason) == [.exceedsMTU, .exceedsMTU])
        #expect(seen.sends == [1, 1, 1])
        #expect(bench.sent(by: 1) == [small, tagged(frame.fits), small])
        #expect(
            bench.tallies.dropped(.exceedsMTU)
                == .init(frames: 2, bytes: UInt64(frame.tooLong + 2048)))
        #expect(bench.tallies.balances)

        // Back, nothing is measured.
        try bench.run([tagged(2048)], from: 1, isHandedOff: isHandedOff)
        #expect(bench.sent(by: 0) == [tagged(2048)])
    }

    @Test func givenOnlyFramesThatAreTooLongNothingIsSent() throws {
        let bench = try StageBench(
            Snapshot(ports: [
                0: PortEntry(address: Address.own, admitsAny: true, peer: 1, peerMTU: 68)
            ]), stages: [.crossConnect])
        let long = [UInt8](repeating: 1, count: 83)
        let seen = try bench.run([long, long], from: 0)
        #expect(seen.drops.map(\.reason) == [.exceedsMTU, .exceedsMTU])
        #expect(bench.sent(by: 1).isEmpty)
        #expect(bench.tallies.balances)
    }

    /// A way that takes nothing.
    private static func blocked() throws -> TransmitPath {
        TransmitPath(kind: .worker, port: 1, queue: 0, ring: nil, waits: false)
    }
}
