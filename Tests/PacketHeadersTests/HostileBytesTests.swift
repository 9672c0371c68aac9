// SPDX-License-Identifier: Apache-2.0

import HeaderSupport
import PacketHeaders
import Testing

/// Any bytes of any length: nothing traps, nothing reads beyond them. Each test uses every view
/// and every accessor.
@Suite("Hostile bytes")
struct HostileBytesTests {
    @Test("in an allocation of exactly their size, for AddressSanitizer")
    func exactAllocation() {
        let seed = UInt64.random(in: 0...UInt64.max)
        forEachHostileFrame(seed: seed) { bytes in
            withMutableFrame(bytes) { frame, _ in expectConsistent(frame, seed: seed) }
        }
    }

    @Test("at the end of a page, with a page behind them that may not be touched")
    func guardedPage() {
        let pages = GuardedPages()
        let seed = UInt64.random(in: 0...UInt64.max)
        forEachHostileFrame(seed: seed) { bytes in
            expectConsistent(pages.place(bytes), seed: seed)
        }
    }

    /// Frames that lead into each walk; the hostile ones are made from them.
    private static let models: [[UInt8]] = [
        ethernetToIPv4 + ipv4UDP + udp,
        ethernetToIPv4
            + hex("48 00 00 28 12 34 00 00 40 06 00 00 c0000201 c6336407 9404000007080401 00"),
        ethernetToIPv6 + hex("60000000 0030 00 40") + ipv6(0, payload: []).dropFirst(8)
            + hex("2b00010400000000 2c00010400000000 3300000100000007 1104000000000000"),
        hex("020000000001 020000000002 88a80001 81000002 81000003 86dd") + ipv6(6, payload: udp),
        hex(ChecksumVectors.ipv4TCP),
        hex(ChecksumVectors.ipv6UDP),
    ]

    private func forEachHostileFrame(seed: UInt64, _ body: ([UInt8]) -> Void) {
        var random = SeededGenerator(seed: seed)
        for length in 0...200 {
            for _ in 0..<10 {
                body(random.bytes(length))
                for model in Self.models {
                    // A model cut or filled up to the length, with a few bytes changed.
                    var bytes = Array((model + random.bytes(200)).prefix(length))
                    for _ in 0..<Int.random(in: 0...4, using: &random) where length > 0 {
                        let index = Int.random(in: 0..<length, using: &random)
                        // Half of the changes are the edges of a byte.
                        let value = UInt8.random(in: 0...255, using: &random)
                        bytes[index] = value > 127 ? value : [0, 1, 127, 255][Int(value) % 4]
                    }
                    body(bytes)
                }
            }
        }
    }

    /// Runs everything over the frame, and over its tails, and checks what must always hold.
    private func expectConsistent(_ frame: MutableFrameBytes, seed: UInt64) {
        let bytes = frame.readOnly
        let context: Comment = "seed \(seed), \(bytes.count) bytes"
        let summary = FrameSummary(bytes)
        #expect(summary.transportOffset <= bytes.count, context)
        #expect(!(summary.flow.second < summary.flow.first), context)
        #expect(summary.vlans.count <= VLANStack.maximumDepth, context)
        #expect(!(summary.fragmentPosition.isFragment && summary.flow.hasPorts), context)
        let before = plainChecksum((0..<bytes.count).compactMap { bytes.uint8(at: $0) })
        #expect(InternetChecksum.of(bytes) == before, context)
        var reader = HeaderReader { Issue.record("\($0), \(context)") }
        for offset in [0, 14, 18, 34] where offset <= bytes.count {
            reader.readAll(bytes.dropFirst(offset))
            reader.changeAll(frame.dropFirst(offset))
        }
        #expect(reader.steps < 10_000, context)
    }
}
