// SPDX-License-Identifier: Apache-2.0

import CDPDK
import CLinux
import DPDK
import EALSupport
import TestSupport
import Testing

@testable import LinuxDevices

/// Frames that stand for several, with headers that say anything. What segments must look like, tests
/// between namespaces hold against the kernel's own.
@Suite(.usesEAL) struct SuperFrameTests {
    /// Seed 1: a failure names the round.
    @Test func givenHeadersThatSayAnythingAFrameIsRefusedOrItsPayloadComesOutWhole() throws {
        var random = SeededGenerator(seed: 1)
        var superFrame = SuperFrame()
        let pool = try TestEnvironment.pool
        var taken = 0
        for round in 0..<4_000 {
            var bytes = Self.frame(&random)
            var facts = virtio_net_hdr()
            facts.gso_type = [1, 4, 5, 0x81, 3, 0xff].randomElement(using: &random)!
            facts.flags = UInt8.random(in: 0...1, using: &random)
            facts.gso_size = [0, 1, 8, 536, 1448, 65_535].randomElement(using: &random)!
            facts.csum_start =
                Bool.random(using: &random)
                ? 34 : UInt16.random(in: 0...(.max), using: &random)
            facts.csum_offset = [16, 6, 0, 65_535].randomElement(using: &random)!
            // A payload of single bytes would be taken apart into thousands.
            if facts.gso_size < 8 { bytes = Array(bytes.prefix(200)) }
            superFrame.place.copyMemory(from: bytes, byteCount: bytes.count)
            guard superFrame.begin(superFrame.place, length: bytes.count, facts) else { continue }
            taken += 1
            let payload = try Self.payloads(&superFrame, pool)
            #expect(bytes.suffix(payload.count) == payload[...], "round \(round)")
            #expect(!payload.isEmpty, "round \(round)")
        }
        #expect(taken > 20)
    }

    @Test func givenFewPlacesTheRestOfAFrameComesWithTheNextCalls() throws {
        var superFrame = SuperFrame()
        let bytes = Self.tcp(payload: 1_000)
        superFrame.place.copyMemory(from: bytes, byteCount: bytes.count)
        var facts = virtio_net_hdr()
        (facts.gso_type, facts.flags, facts.gso_size) = (1, 1, 100)
        (facts.csum_start, facts.csum_offset) = (34, 16)
        let isTaken = superFrame.begin(superFrame.place, length: bytes.count, facts)
        #expect(isTaken)
        let payload = try Self.payloads(&superFrame, try TestEnvironment.pool, places: 3)
        #expect(payload == Array(bytes.suffix(1_000)))
    }

    /// What is behind the headers of all segments, one after the other.
    private static func payloads(
        _ superFrame: inout SuperFrame, _ pool: Mempool, places: Int = 64
    ) throws -> [UInt8] {
        let slots = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: places)
        defer { slots.deallocate() }
        let headers = superFrame.headerLength
        var payload: [UInt8] = []
        while superFrame.isPending {
            var frames = ReceivedFrames(slots, count: 0, capacity: UInt16(places), port: 0)
            superFrame.emit(into: &frames, from: pool)
            try #require(frames.count > 0)
            for index in 0..<frames.count {
                let mbuf = try #require(slots[index])
                var bytes = [UInt8](
                    repeating: 0, count: Int(cdpdk_mbuf_frame_length(mbuf)) - headers)
                let count = cdpdk_mbuf_copy(mbuf, UInt32(headers), UInt32(bytes.count), &bytes)
                #expect(Int(count) == bytes.count)
                payload += bytes
                rte_pktmbuf_free(mbuf)
            }
        }
        return payload
    }

    private static func tcp(payload: Int) -> [UInt8] {
        [UInt8](repeating: 2, count: 12) + [0x08, 0x00, 0x45] + [UInt8](repeating: 0, count: 31)
            + [0x50] + [UInt8](repeating: 0, count: 7) + (0..<payload).map { UInt8($0 & 0xff) }
    }

    /// Half of them begin like TCP over IPv4.
    private static func frame(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = (0..<Int.random(in: 14...3_000, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random), bytes.count > 60 {
            bytes.replaceSubrange(12..<15, with: [0x08, 0x00, 0x45])
            if Bool.random(using: &random) { bytes[46] = 0x50 }
        }
        return bytes
    }
}
