// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// A frame that the device never takes stops nothing but itself.
@Suite(.usesEAL, .enabled(if: TAPPort.isPossible, "needs the right to make TAP interfaces"))
struct RefusedFrameTests {
    private static let whole = Frames.ethernet(type: 0x88b5)
    /// Without an Ethernet header: Linux refuses it with EINVAL.
    private static let runt: [UInt8] = [1, 2, 3]
    /// 1,523 bytes: net_tap stops at a frame beyond its MTU of 1,500.
    private static let giant = whole + [UInt8](repeating: 0, count: 1523 - whole.count)

    @Test(arguments: [runt, giant], [[0], [1], [31], [62], [0, 1], [5, 20, 50], Array(20..<28)])
    func givenFramesThatTheDeviceRefusesTheOthersAreSent(
        refused: [UInt8], places: [Int]
    ) throws {
        let tap = try TAPPort()
        defer { tap.close() }
        let bench = try bench(tap)
        let frames = (0..<64).map { places.contains($0) ? refused : Self.whole }
        try bench.run(frames, from: 30)
        bench.state.flushTransmitBuffers()
        #expect(bench.drops == [.notSent: UInt64(places.count)])
        #expect(bench.tallies.dropped(.notSent).bytes == UInt64(places.count * refused.count))
        #expect(
            bench.tallies.transmitted(port: tap.port.index)
                == .init(
                    frames: UInt64(64 - places.count),
                    bytes: UInt64((64 - places.count) * Self.whole.count)))
        #expect(try tap.port.port.statistics().transmittedFrames == UInt64(64 - places.count))
        #expect(bench.tallies.balances)
    }

    /// More of them in a row than are looked past, and one with nothing behind it, cannot be told from a
    /// queue that is full.
    @Test(arguments: [Array(10..<19), [63]])
    func givenNothingThatTheDeviceTakesBehindThemTheQueueCountsAsFull(places: [Int]) throws {
        let tap = try TAPPort()
        defer { tap.close() }
        let bench = try bench(tap)
        try bench.run((0..<64).map { places.contains($0) ? Self.runt : Self.whole }, from: 30)
        bench.state.flushTransmitBuffers()
        #expect(bench.drops == [.txQueueFull: UInt64(64 - places[0])])
        #expect(bench.tallies.transmitted(port: tap.port.index).frames == UInt64(places[0]))
        #expect(bench.tallies.balances)
    }

    /// net_tap counts the frames of a call that it did not send, and one more when Linux refuses.
    @Test func givenADeviceThatTakesNothingItIsAskedSixteenTimesForABuffer() throws {
        let tap = try TAPPort()
        defer { tap.close() }
        try #require(tap.takeDown())
        let bench = try bench(tap)
        let asked = try bench.errors(of: tap) {
            try bench.run([[UInt8]](repeating: Self.whole, count: 64), from: 30)
            bench.state.flushTransmitBuffers()
        }
        #expect(bench.drops == [.txQueueFull: 64])
        // The first call comes before the frames wait in the buffer.
        let calls = [64] + [Int](repeating: 64, count: 8) + (1...8).map { 64 - $0 }
        #expect(asked == UInt64(calls.reduce(0) { $0 + $1 + 1 }))
        #expect(bench.tallies.balances)
    }

    private func bench(_ tap: TAPPort) throws -> StageBench {
        try StageBench(
            crossing([(30, tap.port.index)]), stages: [.crossConnect],
            paths: [
                tap.port.index: TransmitPath(
                    kind: .queue, port: tap.port.index, queue: 0, ring: nil, waits: false)
            ])
    }
}

extension StageBench {
    /// By how much the device's count of errors grows.
    fileprivate func errors(of tap: TAPPort, _ work: () throws -> Void) throws -> UInt64 {
        let before = try tap.port.port.statistics().transmitErrors
        try work()
        return try tap.port.port.statistics().transmitErrors - before
    }
}
