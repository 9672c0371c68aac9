// SPDX-License-Identifier: Apache-2.0

import EALSupport
import TestSupport
import Testing

@testable import DPDK
@testable import Dataplane

/// A packet that is longer than the MTU and may be cut leaves in parts (RFC 791, 3.2). What the parts are, byte for byte, hold cases
/// against Scapy and Linux.
@Suite(.usesEAL) struct FragmentsTests {
    /// The words of flags and offset that DPDK's own tests expect of its library (`app/test/test_ipfrag.c` of 22.11, BSD-3-Clause).
    @Test(arguments: [
        (mtu: 1280, payload: 1400, word: 0 as UInt16, options: 0, words: [0x2000, 0x009d]),
        (600, 1400, 0, 0, [0x2000, 0x2048, 0x0090]), (600, 1400, 0, 20, [0x2000, 0x2046, 0x008c]),
        (68, 104, 0x200d, 8, [0x200d, 0x2012, 0x2017]),
        (68, 104, 0x001a, 8, [0x201a, 0x201f, 0x0024]),
        (68, 104, 0x200d, 0, [0x200d, 0x2013, 0x2019]),
        (68, 104, 0x001a, 0, [0x201a, 0x2020, 0x0026]),
    ]) func vectors(mtu: Int, payload: Int, word: UInt16, options: Int, words: [Int]) throws {
        let bench = try StageBench(try routing(mtu: mtu), stages: Stage.stages(of: .route))
        let bytes = (0..<payload).map { UInt8(truncatingIfNeeded: $0) }
        try bench.run([
            Frames.ipv4 {
                $0.fragment = word
                // Copied: its highest bit is set.
                $0.options =
                    options == 0
                    ? [] : [0x9e, UInt8(options)] + [UInt8](repeating: 5, count: options - 2)
                $0.payload = bytes
            }
        ])
        let parts = bench.sent(by: 1)
        #expect(parts.map { Int($0[20]) << 8 | Int($0[21]) } == words)
        #expect(parts.allSatisfy { $0.count - 14 <= mtu })
        #expect(parts.flatMap { $0.dropFirst(34 + options) } == bytes)
        #expect(bench.tallies.copied == UInt64(words.count - 1))
        #expect(bench.tallies.balances)
    }

    @Test("parts leave in the place of their packet, more of them than a buffer holds")
    func order() throws {
        let bench = try StageBench(
            try routing(mtu: 68), stages: Stage.stages(of: .route),
            paths: [1: TransmitPath(kind: .discard, port: 1, queue: 0, ring: nil, waits: false)])
        func packet(_ count: Int) -> [UInt8] {
            Frames.ipv4 { $0.payload = [UInt8](repeating: 7, count: count) }
        }
        let seen = try bench.run([
            packet(20), packet(48 * 40), packet(48 * 40), packet(21), packet(49),
        ])
        #expect(seen.sends == [UInt16](repeating: 1, count: 1 + 40 + 40 + 1 + 2))
        let tallies = bench.tallies
        #expect(tallies.copied == 39 + 39 + 1)
        #expect(tallies.transmitted.frames + tallies.inTransit == 84)
        #expect(tallies.balances)
    }

    @Test(
        "where no buffer is free what is left of the packet is dropped by name, and nothing is lost"
    )
    func noBuffer() throws {
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("parts"), mbufs: 3, dataRoom: 2_176, cache: 0,
            numaNode: nil, packing: .packed)
        do {
            let bench = try StageBench(try routing(mtu: 500), stages: Stage.stages(of: .route))
            let frame = Frames.ipv4 { $0.payload = [UInt8](repeating: 7, count: 1_900) }
            try #require(frame.withUnsafeBytes { bench.state.burst.append(frame: $0, from: pool) })
            bench.state.burst[0].port = 0
            bench.walk(from: 0)
            // Two beside the packet's own.
            #expect(bench.sent(by: 1).count == 2)
            #expect(bench.drops == [.poolExhausted: 1])
            #expect(bench.tallies.copied == 2)
            #expect(bench.tallies.balances)
        }
        #expect(pool.inUseCount == 0)
        pool.free()
    }
}
