// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
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
