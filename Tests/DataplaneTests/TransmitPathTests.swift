// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Ways out of a worker: each takes what it can, and says what became of the rest.
@Suite(.usesEAL) struct TransmitPathTests {
    /// net_ring holds 1,023 frames, and nobody takes them out.
    @Test func givenAQueueThatIsFullTheRestIsDroppedAsTxQueueFull() throws {
        let loop = try TestPort.loop()
        defer { loop.close() }
        let bench = try StageBench(
            crossing([(0, loop.index)]), stages: [.crossConnect],
            paths: [loop.index: way(.queue, port: loop.index)])
        for first in stride(from: 0, to: 1088, by: 64) {
            try bench.run((first..<first + 64).map(numbered), from: 0)
            bench.state.flushTransmitBuffers()
        }
        #expect(bench.tallies.transmitted(port: loop.index) == .init(frames: 1023, bytes: 4092))
        #expect(bench.drops == [.txQueueFull: 65])
        #expect(bench.tallies.dropped(.txQueueFull).bytes == 260)
        #expect(bench.tallies.balances)

        // The oldest left, in order.
        var received: [UInt32] = []
        var burst = Burst()
        while burst.receive(port: loop.index, queue: 0) > 0 {
            received += burst.numbers
            burst.removeAll()
        }
        #expect(received == Array(0..<1023))
    }

    @Test func givenARingToAnotherWorkerThatIsFullTheRestIsDroppedAsHandoffFull() throws {
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 8, numaNode: nil)
        defer { ring.free() }
        let bench = try StageBench(
            crossing([(0, 1)]), stages: [.crossConnect], paths: [1: way(.worker, ring: ring)])
        try bench.run((0..<10).map(numbered))
        bench.state.flushTransmitBuffers()
        #expect(bench.tallies.txHandedOff == 7)
        #expect(bench.drops == [.transmitHandoffFull: 3])
        #expect(bench.tallies.transmitted.frames == 0)
        #expect(bench.tallies.balances)
    }

    /// A replay waits for a full ring, until it is told to stop.
    @Test func givenAWaitThatIsStoppedTheRestIsDroppedAsShutdown() throws {
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 8, numaNode: nil)
        defer { ring.free() }
        let bench = try StageBench(
            crossing([(0, 1)]), stages: [.crossConnect],
            paths: [1: way(.collector, ring: ring, waits: true)])
        bench.state.control.command = .stop
        try bench.run((0..<10).map(numbered))
        bench.state.flushTransmitBuffers()
        #expect(bench.tallies.transmitted(port: 1) == .init(frames: 7, bytes: 28))
        #expect(bench.drops == [.shutdown: 3])
        #expect(bench.tallies.balances)
    }

    @Test func givenAPortThatDiscardsItsFramesAreCountedAndFreed() throws {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        let bench = try StageBench(
            crossing([(0, 1)]), stages: [.crossConnect], paths: [1: way(.discard)])
        try bench.run((0..<10).map(numbered))
        #expect(bench.tallies.transmitted(port: 1) == .init(frames: 10, bytes: 40))
        #expect(pool.inUseCount == before)
    }

    /// A transmit buffer holds one burst: the port's way is used before it overflows.
    @Test func givenMoreFramesThanABufferHoldsNoneIsLost() throws {
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 512, numaNode: nil)
        defer { ring.free() }
        let bench = try StageBench(
            try routing(), stages: Stage.stages(of: .route),
            paths: [1: way(.collector, ring: ring)])
        for first in stride(from: 0, to: 400, by: 40) {
            try bench.run(
                (first..<first + 40).map { number in Frames.ipv4 { $0.payload = numbered(number) } }
            )
        }
        bench.state.flushTransmitBuffers()
        #expect(bench.tallies.transmitted.frames == 400)
        var numbers: [UInt32] = []
        var burst = Burst()
        while burst.dequeue(from: ring) > 0 {
            numbers += burst.numbers
            burst.removeAll()
        }
        #expect(numbers == Array(0..<400))
    }

    private func way(
        _ kind: TransmitPath.Kind, port: UInt16 = 1, ring: Ring? = nil, waits: Bool = false
    ) -> TransmitPath {
        TransmitPath(kind: kind, port: port, queue: 0, ring: ring, waits: waits)
    }
}
