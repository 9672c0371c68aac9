// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

/// Frames over several segments: net_pcap brings a frame of 7,306 bytes in four buffers, of which the
/// first holds 2,048 behind its headroom and the others 2,176.
@Suite(.usesEAL) struct MbufReferenceTests {
    static let frame = (0..<7306).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    @Test func givenALongFrameItsSegmentsAreCounted() throws {
        try withLongFrame { mbuf in
            #expect(mbuf.segmentCount == 4)
            #expect(mbuf.frameLength == 7306)
            #expect(mbuf.dataLength == 2048)
            #expect(mbuf.bytes == Self.frame)
        }
    }

    @Test(arguments: [
        8000, 7306, 7305, 6401, 6400, 6399, 4225, 4224, 4223, 2049, 2048, 2047, 14, 1, 0,
    ])
    func givenALengthTheFrameIsCutThereAndSpareSegmentsAreFreed(length: Int) throws {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        try withLongFrame { mbuf in
            mbuf.shorten(to: length)
            let expected = min(length, 7306)
            let segments = 1 + max(0, (expected - 2048 + 2175) / 2176)
            #expect(mbuf.frameLength == expected)
            #expect(mbuf.segmentCount == segments)
            #expect(mbuf.dataLength == min(2048, expected))
            #expect(mbuf.bytes == Array(Self.frame.prefix(expected)))
            #expect(pool.inUseCount == before + segments)
        }
        #expect(pool.inUseCount == before)
    }

    @Test(arguments: [60, 59, 1, 0, 61])
    func givenOneSegmentTheFrameIsCutThere(length: Int) throws {
        let frame = Array(Self.frame.prefix(60))
        let burst = try Burst.of([frame])
        burst[0].shorten(to: length)
        #expect(burst[0].bytes == Array(frame.prefix(length)))
        #expect(burst[0].dataLength == min(length, 60))
        #expect(burst[0].segmentCount == 1)
    }

    @Test(arguments: [
        (0, 10), (2040, 20), (2048, 1), (4200, 3000), (7300, 100), (7306, 5), (9000, 5),
    ])
    func givenAnOffsetBytesAreCopiedAcrossSegments(offset: Int, count: Int) throws {
        try withLongFrame { mbuf in
            var bytes = [UInt8](repeating: 0xee, count: count)
            let copied = bytes.withUnsafeMutableBytes { mbuf.copyBytes(from: offset, to: $0) }
            let expected = Self.frame.dropFirst(offset).prefix(count)
            #expect(copied == expected.count)
            #expect(bytes == Array(expected) + [UInt8](repeating: 0xee, count: count - copied))
        }
    }

    @Test func givenAnEmptyBufferNothingIsCopied() throws {
        let burst = try Burst.of([[1, 2, 3]])
        #expect(burst[0].copyBytes(to: UnsafeMutableRawBufferPointer(start: nil, count: 0)) == 0)
    }

    @Test func theMetadataLineBelongsToOneFrameAlone() throws {
        let burst = try Burst.of([[1], [2]])
        for index in 0..<2 {
            let area = UnsafeMutableRawBufferPointer(
                start: burst[index].privateArea, count: Mempool.privateAreaByteCount)
            for byte in area.indices { area[byte] = UInt8(index + 10) }
        }
        for index in 0..<2 {
            let area = UnsafeRawBufferPointer(
                start: burst[index].privateArea, count: Mempool.privateAreaByteCount)
            #expect(area.allSatisfy { $0 == UInt8(index + 10) })
        }
        #expect(burst.frames == [[1], [2]])
    }

    private func withLongFrame(_ body: (MbufReference) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(PcapFile().adding(Self.frame).bytes, to: "long.pcap")
        let source = try TestPort.receiving(path)
        defer { source.close() }
        var burst = Burst()
        try #require(burst.receive(port: source.index, queue: 0) == 1)
        #expect(burst[0].port == source.index)
        try body(burst[0])
    }
}
