// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Captures through the whole pipeline with 1 to 4 workers: nothing is lost, and what happens to a
/// flow does not depend on how many workers there are.
@Suite(.usesEAL) struct ReplayTests {
    /// Seed 31: 40 flows, both directions, 2,000 numbered frames on two ports.
    static let traffic: [[(time: UInt64, frame: [UInt8])]] = {
        var random = SeededGenerator(seed: 31)
        var inputs: [[(time: UInt64, frame: [UInt8])]] = [[], []]
        for number in 0..<2000 {
            let flow = UInt32.random(in: 0..<40, using: &random)
            let near: (UInt32, UInt16) = (0xc000_0201 + flow, UInt16(1000 + flow))
            let far: (UInt32, UInt16) = (0xc633_6407, 53)
            let isReply = Bool.random(using: &random)
            var frame = Frames.udp(
                from: isReply ? far : near, to: isReply ? near : far, number: UInt32(number))
            if isReply { frame.replaceSubrange(0..<6, with: Frames.big(Address.right.rawValue, 6)) }
            inputs[isReply ? 1 : 0].append((UInt64(number / 3), frame))
        }
        return inputs
    }()

    @Test(arguments: 1...4) func givenACrossConnectEveryFrameCrossesUnchanged(workers: Int)
        async throws
    {
        let result = try await ReplayBench(
            mode: .crossConnect, workers: workers, inputs: Self.traffic
        ).run { ports in crossing([(ports[0], ports[1])]) }
        try expectComplete(result)
        #expect(result.tallies.transmitted.frames == 2000)
        #expect(Set(result.frames(1)) == Set(Self.traffic[0].map(\.frame)))
        #expect(Set(result.frames(0)) == Set(Self.traffic[1].map(\.frame)))
        expectOrderWithinFlows(result)
    }

    @Test(arguments: 1...4) func givenRoutesEveryFrameIsForwardedOrDropped(workers: Int)
        async throws
    {
        let result = try await ReplayBench(mode: .route, workers: workers, inputs: Self.traffic)
            .run(Self.routes)
        try expectComplete(result)
        let replies = UInt64(Self.traffic[1].count)
        #expect(result.tallies.transmitted(port: result.ports[1]).frames == 2000 - replies)
        #expect(result.tallies.transmitted(port: result.ports[0]).frames == 0)
        #expect(result.tallies.dropped(.unreachable).frames == replies)
        expectOrderWithinFlows(result)
    }

    /// Each flow's frames, in their order, are the same for any number of workers.
    @Test func givenMoreWorkersEachFlowLeavesTheSame() async throws {
        var flows: [[UInt32: [[UInt8]]]] = []
        for workers in [1, 2, 4] {
            let result = try await ReplayBench(
                mode: .route, workers: workers, inputs: Self.traffic
            ).run(Self.routes)
            flows.append(
                Dictionary(grouping: result.frames(1)) {
                    $0[26..<30].reduce(0) { $0 << 8 | UInt32($1) }
                })
        }
        #expect(flows[0].count == 40)
        #expect(flows[1] == flows[0])
        #expect(flows[2] == flows[0])
    }

    @Test func givenSeveralWorkersBothDirectionsOfAFlowAreOnes() async throws {
        let result = try await ReplayBench(mode: .crossConnect, workers: 4, inputs: Self.traffic)
            .run { ports in crossing([(ports[0], ports[1])]) }
        var workersOfFlow: [UInt16: Set<Int>] = [:]
        for (port, offset) in [(1, 34), (0, 36)] {
            for (worker, frames) in result.sent[port].enumerated() {
                for frame in frames {
                    let key = UInt16(frame[offset]) << 8 | UInt16(frame[offset + 1])
                    workersOfFlow[key, default: []].insert(worker)
                }
            }
        }
        #expect(workersOfFlow.count == 40)
        #expect(workersOfFlow.values.allSatisfy { $0.count == 1 })
        #expect(Set(workersOfFlow.values.joined()).count == 4, "every worker has flows")
        #expect(result.tallies.rxHandedOff > 0)
        #expect(result.tallies.rxHandedOff == result.tallies.rxTaken)
    }

    /// A full ring is waited for in a replay.
    @Test func givenTinyRingsBetweenWorkersNothingIsLost() async throws {
        var bench = ReplayBench(mode: .crossConnect, workers: 3, inputs: Self.traffic)
        bench.ringSlots = 8
        let result = try await bench.run { ports in crossing([(ports[0], ports[1])]) }
        try expectComplete(result)
        #expect(result.tallies.transmitted.frames == 2000)
    }

    /// Frames of four buffers among short ones.
    @Test(arguments: [1, 2]) func givenFramesOfSeveralBuffersTheyCrossWhole(workers: Int)
        async throws
    {
        let inputs = (0..<50).map { number in
            let length = number.isMultiple(of: 5) ? 7302 : 56
            let padding = (0..<length).map { UInt8(truncatingIfNeeded: $0 &+ number) }
            return (time: UInt64(number), frame: padding + numbered(number))
        }
        let result = try await ReplayBench(
            mode: .crossConnect, workers: workers, inputs: [inputs, []]
        ).run { ports in crossing([(ports[0], ports[1])]) }
        try expectComplete(result)
        #expect(Set(result.frames(1)) == Set(inputs.map(\.frame)))
    }

    /// All rounds go through the pipeline, with every count of workers.
    @Test(arguments: [1, 3]) func givenRoundsEveryFrameCrossesInEach(workers: Int) async throws {
        var bench = ReplayBench(mode: .crossConnect, workers: workers, inputs: Self.traffic)
        bench.rounds = 4
        let result = try await bench.run { ports in crossing([(ports[0], ports[1])]) }
        try expectComplete(result)
        #expect(result.tallies.received.frames == 8000)
        for (out, input) in [(1, 0), (0, 1)] {
            let counts = Dictionary(grouping: result.frames(out), by: { $0 }).mapValues(\.count)
            #expect(counts.count == Self.traffic[input].count)
            #expect(counts.values.allSatisfy { $0 == 4 })
        }
    }

    private static func routes(_ ports: [UInt16]) throws -> Snapshot {
        let fib = try FIB(name: TestEnvironment.uniqueName("routes"), groups: 10, numaNode: nil)
        var nextHops = NextHopTable()
        let out = nextHops.add(
            .forward(
                port: ports[1], mtu: 1500, destinationMAC: Address.neighbour,
                sourceMAC: Address.right))!
        fib.paint(address: 0xc633_6400, length: 24, value: out)
        fib.paint(address: 0xc000_0200, length: 24, value: nextHops.add(.drop(.unreachable))!)
        return Snapshot(
            ports: [
                ports[0]: PortEntry(address: Address.own, admitsAny: false),
                ports[1]: PortEntry(address: Address.right, admitsAny: false),
            ], fib: fib, nextHops: nextHops)
    }

    private func expectComplete(_ result: ReplayBench.Result) throws {
        #expect(result.tallies.balances)
        #expect(result.tallies.inFlight == 0)
        #expect(result.tallies.inBuffers == 0)
        #expect(result.tallies.dropped(.shutdown).frames == 0)
        #expect(result.states.allSatisfy { $0 == .stopped })
    }

    /// The numbers at the end of a flow's frames rise, out of each port.
    private func expectOrderWithinFlows(_ result: ReplayBench.Result) {
        for port in 0..<2 {
            for frames in result.sent[port] {
                let flows = Dictionary(grouping: frames) { Array($0[26..<38]) }
                for numbers in flows.values.map({ $0.map(\.lastNumber) }) {
                    #expect(numbers == numbers.sorted())
                }
            }
        }
    }
}
