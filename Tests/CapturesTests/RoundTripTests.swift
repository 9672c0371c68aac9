// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import TestSupport
import Testing

/// What was written is what is read, by Freeway and by Scapy.
@Suite struct RoundTripTests {
    @Test(arguments: [1, 2, 0xcaf] as [UInt64])
    func givenRandomFramesTheyComeBackToTheNanosecond(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let frames = randomFrames(seed)
        try write(frames, to: folder.path("out.pcap"))
        #expect(try read(folder.path("out.pcap")) == frames)
    }

    @Test(.enabled(if: Scapy.isInstalled, "python3-scapy is not installed"))
    func givenRandomFramesScapyReadsTheSame() throws {
        let folder = try TemporaryFolder()
        let frames = randomFrames(5)
        try write(frames, to: folder.path("out.pcap"))
        #expect(try Scapy.read(folder.path("out.pcap")) == frames)
    }

    @Test(.enabled(if: Scapy.isInstalled, "python3-scapy is not installed"))
    func realCapturesReadAsScapyReadsThem() throws {
        for capture in try Repository.captures(in: Repository.realCaptures)
        where !["tcpdump-tcp-handshake-nano.pcap", "zeek-trunc-hdr.pcap"].contains(
            capture.lastPathComponent)
        {
            // The first is not Ethernet; of the second libpcap keeps to its snap length of 1 byte.
            let expected = try Scapy.read(capture.path)
            let frames = try read(capture.path)
            #expect(frames.map(\.bytes) == expected.map(\.bytes), "\(capture.lastPathComponent)")
            #expect(
                frames.map(\.wireLength) == expected.map(\.wireLength),
                "\(capture.lastPathComponent)")
            #expect(frames.map(\.time) == expected.map(\.time), "\(capture.lastPathComponent)")
        }
    }

    private func randomFrames(_ seed: UInt64) -> [ReadFrame] {
        var random = SeededGenerator(seed: seed)
        return (0..<200).map { _ in
            let length = Int.random(in: 0...2000, using: &random)
            return ReadFrame(
                time: UInt64.random(in: 0..<4_294_967_295_000_000_000, using: &random),
                wireLength: length,
                bytes: (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    private func write(_ frames: [ReadFrame], to path: String) throws {
        let writer = try CaptureWriter(path: path)
        for frame in frames {
            try frame.bytes.withUnsafeBytes { try writer.write($0, time: frame.time) }
        }
        try writer.flush()
        try writer.publish()
    }
}
