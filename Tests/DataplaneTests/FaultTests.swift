// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// What runs out, what becomes of the frames meanwhile, and that all is well again afterwards.
@Suite(.usesEAL) struct FaultTests {
    /// The rounds are the test's own, since a worker would read the whole capture in vain meanwhile:
    /// net_pcap loses a frame for which it has no buffer.
    @Test(
        "buffers that somebody holds: the device counts what it loses, and goes on once they are free"
    )
    func poolExhausted() throws {
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("small"), mbufs: 255,
            dataRoom: Mempool.headroom + 2048, cache: 0, numaNode: nil, packing: .packed)
        defer { pool.free() }
        let holder = try Ring(name: TestEnvironment.uniqueName("holder"), slots: 256, numaNode: nil)
        defer { holder.free() }
        let folder = try TemporaryFolder()
        var file = PcapFile(precision: .nano)
        for number in 0..<300 { file.add(LiveBench.frame(number)) }
        let path = try folder.write(file.bytes, to: "in.pcap")
        let source = try TestPort.receiving(path, pool: pool)
        let sink = try TestPort.void()
        defer {
            source.close()
            sink.close()
        }
        let bench = try StageBench(
            crossing([(source.index, sink.index)]), stages: [.crossConnect],
            paths: [
                sink.index: TransmitPath(
                    kind: .queue, port: sink.index, queue: 0, ring: nil, waits: false)
            ],
            polledQueues: [PolledQueue(port: source.index, queue: 0, isSteered: false)])
        var observer = NoObserver()
        func round() -> Int { WorkerLoop.round(&bench.state, FromQueues.self, &observer) }

        // Given a pool of which every buffer is held.
        hold(pool, in: holder)
        #expect(pool.availableCount == 0)
        for _ in 0..<10 { #expect(round() == 0) }
        #expect(try source.port.statistics().withoutMbuf == 10)
        #expect(bench.tallies.received.frames == 0)
        #expect(bench.tallies.balances)

        // When they are free again, then all other frames come through.
        _ = contents(holder)
        while round() > 0 {}
        #expect(try source.port.statistics().withoutMbuf == 10)
        #expect(bench.tallies.received(port: source.index).frames == 290)
        #expect(bench.tallies.transmitted(port: sink.index).frames == 290)
        #expect(bench.tallies.droppedFrames == 0)
        #expect(bench.tallies.balances)
        #expect(pool.inUseCount == 0)
    }

    /// Frames take turns between two sinks of 1,023 frames, and nobody empties the first one.
    @Test("a port that takes no more: its frames are dropped as txQueueFull, the others go on")
    func stuckPort() async throws {
        let bench = try LiveBench(workers: 1, sinks: 2, snapshot: Self.twoWays, mode: .route)
        defer { bench.close() }
        let (stuck, other) = (bench.sinks[0].index, bench.sinks[1].index)
        try bench.group.group.launch(.floating)
        try await feed(bench, 0..<2400) { bench.drain(1) }
        #expect(bench.tallies.transmitted(port: stuck).frames == 1023)
        #expect(bench.tallies.dropped(.txQueueFull).frames == 1200 - 1023)
        #expect(bench.tallies.droppedFrames == 1200 - 1023)
        #expect(bench.tallies.transmitted(port: other).frames == 1200)
        await wait(for: "the other port's frames") {
            bench.drain(1)
            return bench.received[1].count == 1200
        }
        #expect(bench.received[1] == stride(from: 1, to: 2400, by: 2).map { UInt32($0) })
        #expect(bench.tallies.balances)

        // When somebody empties it, then it goes on too, and nothing more is dropped.
        bench.drain()
        #expect(bench.received[0].count == 1023)
        try await feed(bench, 2400..<3000) { bench.drain() }
        await wait(for: "all frames") {
            bench.drain()
            return bench.received[0].count == 1323 && bench.received[1].count == 1500
        }
        await bench.group.finish()
        #expect(bench.tallies.dropped(.txQueueFull).frames == 1200 - 1023)
        #expect(bench.tallies.transmitted.frames == 3000 - (1200 - 1023))
        #expect(bench.tallies.balances)
    }

    /// The ring from worker 0 to worker 1 holds 7 frames.
    @Test("a worker that takes nothing: its frames are dropped as handoffFull until it does")
    func stuckWorker() async throws {
        let bench = try LiveBench(workers: 2, ringSlots: 8)
        defer { bench.close() }
        try bench.group.group.workers[0].launch(.floating)
        try await feed(bench, 0..<500) { bench.drain() }
        let lost = bench.tallies.dropped(.handoffFull).frames
        #expect(lost > 0)
        #expect(bench.tallies.inFlight == 7)
        #expect(bench.tallies.transmitted.frames == 500 - 7 - lost)

        // When it does, then what waited for it arrives, and all that comes after that.
        try bench.group.group.workers[1].launch(.floating)
        await wait(for: "what waited") { bench.tallies.inFlight == 0 }
        for first in stride(from: 500, to: 900, by: 4) {
            try await feed(bench, first..<first + 4) { bench.drain() }
            await wait(for: "four frames") {
                bench.drain()
                return bench.arrived == first + 4 - Int(lost)
            }
        }
        await bench.group.finish()
        #expect(bench.tallies.dropped(.handoffFull).frames == lost)
        #expect(bench.tallies.droppedFrames == lost)
        #expect(bench.tallies.balances)
    }

    /// Feeds frames in small portions, and waits until each was received.
    private func feed(
        _ bench: LiveBench, _ numbers: Range<Int>, meanwhile: () -> Void
    ) async throws {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let portion = next..<min(numbers.upperBound, next + 50)
            next += try bench.feed(portion.map(Self.frame))
            await wait(for: "the worker") {
                meanwhile()
                return bench.tallies.received(port: bench.source.index).frames == UInt64(next)
            }
        }
    }

    /// Odd numbers go to 198.51.101.7, even ones to 198.51.100.7.
    private static func frame(_ number: Int) -> [UInt8] {
        Frames.udp(
            from: (0xc000_0201, UInt16(1000 + number % 50)),
            to: (0xc633_6407 + UInt32(number % 2) << 8, 53), number: UInt32(number))
    }

    /// 198.51.100.0/24 leaves by the first sink, 198.51.101.0/24 by the second.
    private static func twoWays(_ source: UInt16, _ sinks: [UInt16]) throws -> Snapshot {
        let fib = try FIB(name: TestEnvironment.uniqueName("routes"), groups: 100, numaNode: nil)
        var nextHops = NextHopTable()
        for (index, sink) in sinks.enumerated() {
            let entry = nextHops.add(
                .forward(
                    port: sink, mtu: 1500, destinationMAC: Address.neighbour,
                    sourceMAC: Address.right))!
            fib.paint(address: 0xc633_6400 + UInt32(index) << 8, length: 24, value: entry)
        }
        return Snapshot(
            ports: [source: PortEntry(address: Address.own, admitsAny: true)], fib: fib,
            nextHops: nextHops)
    }

    /// Takes every buffer of a pool.
    private func hold(_ pool: Mempool, in ring: Ring) {
        var burst = Burst()
        while [0].withUnsafeBytes({ burst.append(frame: $0, from: pool) }) {
            _ = burst.enqueue(on: ring)
        }
    }
}
