// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import TestSupport
import Testing

/// A capture that comes in as a stream of bytes, in pieces of any size.
@Suite struct CaptureCopyTests {
    /// A capture as libpcap's users write it (pcap-savefile(5)): three frames.
    private static let capture: [UInt8] = {
        func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
        var bytes = word(0xa1b2_3c4d) + [2, 0, 4, 0] + word(0) + word(0) + word(65_535) + word(1)
        for length in [3, 0, 200] {
            bytes += word(1_700_000_000) + word(5) + word(UInt32(length)) + word(1_500)
            bytes += [UInt8](repeating: UInt8(length), count: length)
        }
        return bytes
    }()

    @Test("pieces of any size give the same file", arguments: [1, 7, 16, 24, 64, 10_000])
    func pieces(size: Int) throws {
        let folder = try TemporaryFolder()
        let copy = try CaptureCopy(path: folder.path("out.pcap"))
        for start in stride(from: 0, to: Self.capture.count, by: size) {
            try copy.take(Self.capture[start..<min(start + size, Self.capture.count)])
        }
        #expect(copy.frameCount == 3)
        try copy.publish()
        let written = try Data(contentsOf: URL(filePath: folder.path("out.pcap")))
        #expect(Array(written) == Self.capture)
    }

    @Test("bytes that end in the middle of a frame leave the frames before")
    func cut() throws {
        let folder = try TemporaryFolder()
        let copy = try CaptureCopy(path: folder.path("out.pcap"))
        try copy.take(Self.capture.dropLast(1))
        try copy.publish()
        #expect(try read(folder.path("out.pcap")).map(\.bytes.count) == [3, 0])
    }

    @Test("a full disk is an error, and nothing takes its place")
    func full() throws {
        let copy = try CaptureCopy(path: "/dev/full")
        let error = #expect(throws: CaptureError.self) {
            try copy.take(Self.capture)
            try copy.flush()
        }
        #expect(error == CaptureError(.unwritable, "/dev/full", "No space left on device"))
    }
}
