// SPDX-License-Identifier: Apache-2.0

import CDPDK
import EALSupport
import TestSupport
import Testing

@testable import DPDK
@testable import Dataplane

/// A frame that a device brings in pieces is the same frame, wherever it is cut.
@Suite(.usesEAL) struct SegmentTests {
    /// 14 bytes of Ethernet, 60 of IPv4 with options, 8 of UDP and 40 more.
    private static let long = Frames.ipv4 {
        $0.options = [UInt8](repeating: 1, count: 40)
        $0.payload = Frames.big(0x1000_0035_0030_0000, 8) + [UInt8](repeating: 0xab, count: 40)
    }
    private static let short = Frames.ipv4 {
        $0.payload = Frames.big(0x1000_0035_0030_0000, 8) + [UInt8](repeating: 0xab, count: 40)
    }

    @Test(arguments: [long, short], [1, 5, 13, 14, 20, 33, 34, 37, 60, 73, 74, 77, 78])
    func givenACutAnywhereTheFrameLeavesAsIfItWereWhole(frame: [UInt8], cut: Int) throws {
        let whole = try forwarded([frame])
        try #require(whole.count == 1)
        #expect(try forwarded([Array(frame[..<cut]), Array(frame[cut...])]) == whole)
    }

    @Test(arguments: [long, short], [1, 2, 7, 30])
    func givenManyPiecesTheFrameLeavesAsIfItWereWhole(frame: [UInt8], size: Int) throws {
        let pieces = stride(from: 0, to: frame.count, by: size).map {
            Array(frame[$0..<min($0 + size, frame.count)])
        }
        #expect(try forwarded(pieces) == forwarded([frame]))
    }

    /// What ends in a header ends there in pieces too.
    @Test(arguments: [13, 14, 33])
    func givenAFrameThatIsTooShortItIsTruncatedInPiecesToo(length: Int) throws {
        let bench = try StageBench(try routing(), stages: Stage.stages(of: .route))
        let frame = Self.short[..<length]
        try bench.add([Array(frame.prefix(6)), Array(frame.dropFirst(6))])
        bench.walk(from: 0)
        #expect(bench.drops == [.truncatedFrame: 1])
        #expect(bench.tallies.dropped(.truncatedFrame).bytes == UInt64(length))
    }

    @Test func givenNoRoomInTheFirstPieceItStaysAsItIs() throws {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        do {
            let bench = try StageBench(try routing(), stages: Stage.stages(of: .route))
            let full = [UInt8](repeating: 1, count: TestEnvironment.dataByteCount)
            try bench.add([full, [2, 3]])
            let mbuf = bench.state.burst[0]
            mbuf.gather(TestEnvironment.dataByteCount + 2)
            #expect(mbuf.segmentCount == 2)
            #expect(mbuf.bytes == full + [2, 3])
        }
        #expect(pool.inUseCount == before)
    }

    /// What leaves by the second port, and that no buffer is lost.
    private func forwarded(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        let sent: [[UInt8]]
        do {
            let bench = try StageBench(try routing(), stages: Stage.stages(of: .route))
            try bench.add(pieces)
            bench.walk(from: 0)
            #expect(bench.drops == [:])
            #expect(bench.tallies.balances)
            sent = bench.sent(by: 1)
        }
        #expect(pool.inUseCount == before)
        return sent
    }
}

extension StageBench {
    /// Adds one frame, in pieces of a buffer each.
    fileprivate func add(_ pieces: [[UInt8]]) throws {
        let pool = try TestEnvironment.pool
        var first: OpaquePointer?
        for piece in pieces {
            let made = piece.withUnsafeBytes {
                cdpdk_mbuf_make(pool.raw, $0.baseAddress!, UInt16(piece.count))
            }
            let segment = try #require(made)
            if let first {
                try #require(rte_pktmbuf_chain(first, segment) == 0)
            } else {
                first = segment
            }
        }
        let frame = try #require(first)
        cdpdk_mbuf_set_port(frame, 0)
        state.burst.slots[state.burst.filled] = frame
        state.burst.filled += 1
    }
}
