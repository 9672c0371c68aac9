// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Software receive-side scaling: which worker owns a flow.
@Suite(.usesEAL) struct FlowSteeringTests {
    @Test(arguments: [1, 2, 3, 4, 7, 16])
    func givenAFlowBothDirectionsAndAllPacketsHaveOneOwner(workers: Int) throws {
        let steering = FlowSteering(workers: workers)
        // Seed 21.
        var random = SeededGenerator(seed: 21)
        for _ in 0..<200 {
            let there = (
                UInt32(truncatingIfNeeded: random.next()),
                UInt16.random(in: 0...65_535, using: &random)
            )
            let back = (
                UInt32(truncatingIfNeeded: random.next()),
                UInt16.random(in: 0...65_535, using: &random)
            )
            let burst = try Burst.of([
                Frames.udp(from: there, to: back, number: 1),
                Frames.udp(from: back, to: there, number: 2),
                Frames.udp(from: there, to: back, number: 3),
            ])
            let owners = (0..<3).map { steering.owner(of: burst[$0]) }
            #expect(Set(owners).count == 1)
            #expect(owners[0] < workers)
        }
    }

    /// Frames of each kind, with bytes changed and cut at random: what is read at fixed places comes to the endpoints
    /// that `FrameSummary` finds.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func givenAnyFrameItsBucketIsThatOfItsFlow(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var buckets: Set<Int> = []
        // TCP, UDP and SCTP over IPv6, with lengths of payload that leave out the ports, and that do not.
        let plain = ([6, 17, 132] as [UInt8]).flatMap { ipProtocol in
            ([0, 3, 4, 20] as [UInt8]).map { length in
                [UInt8](
                    hex: """
                        020000000001 020000000002 86dd 60000000
                        """) + [0, length, ipProtocol, 64]
                    + (0..<52).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
        }
        let frames = ModelFrames.all + plain
        for number in 0..<20_000 {
            var frame = frames[number % frames.count]
            if number % 3 == 0 {
                // A tag, or two.
                let tag: [UInt8] = number % 2 == 0 ? [0x81, 0, 0, 7] : [0x88, 0xa8, 0, 9]
                frame.insert(contentsOf: tag, at: 12)
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let position = Int.random(in: 12..<frame.count, using: &random)
                frame[position] = UInt8.random(in: 0...255, using: &random)
            }
            if number % 4 == 0 { frame.removeLast(Int.random(in: 0...frame.count, using: &random)) }
            let (bucket, defined) = frame.withUnsafeMutableBytes { bytes in
                (
                    bytes.baseAddress.map { FlowBucket.of($0, length: bytes.count) },
                    FlowBucket.of(FrameSummary(FrameBytes(UnsafeRawBufferPointer(bytes))).flow)
                )
            }
            #expect(bucket == nil || bucket == defined, "\(frame) of seed \(seed)")
            buckets.insert(defined)
        }
        #expect(buckets.count == 128)
    }

    @Test(arguments: [2, 4]) func givenManyFlowsEachWorkerOwnsItsShare(workers: Int) throws {
        let steering = FlowSteering(workers: workers)
        var owned = [Int](repeating: 0, count: workers)
        for first in stride(from: 0, to: 4096, by: 64) {
            let burst = try Burst.of(
                (first..<first + 64).map {
                    // Equal ports: what a symmetric key would send to one worker.
                    Frames.udp(from: (0x0a00_0000 | UInt32($0), 53), to: (0xc633_6407, 53))
                })
            for index in 0..<burst.count { owned[steering.owner(of: burst[index])] += 1 }
        }
        let share = 4096 / workers
        #expect(owned.allSatisfy { abs($0 - share) < share / 4 }, "\(owned)")
    }

    @Test func givenADatagramInFragmentsAllHaveOneOwner() throws {
        let steering = FlowSteering(workers: 16)
        for flow in 0..<100 {
            let burst = try Burst.of(
                ([0x2000, 0x20b9, 0x0172] as [UInt16]).map { fragment in
                    Frames.ipv4 {
                        $0.source = 0x0a00_0000 | UInt32(flow)
                        $0.fragment = fragment
                        $0.payload = Frames.big(UInt64(flow) << 20 | UInt64(fragment), 8)
                    }
                })
            #expect(Set((0..<3).map { steering.owner(of: burst[$0]) }).count == 1)
        }
    }

    /// Any bytes have an owner.
    @Test(arguments: [1, 2] as [UInt64]) func givenRandomBytesThereIsAnOwner(seed: UInt64) throws {
        let steering = FlowSteering(workers: 5)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let length = Int.random(in: 0...200, using: &random)
            let frame = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let burst = try Burst.of([frame])
            #expect((0..<5).contains(steering.owner(of: burst[0])))
        }
    }
}
