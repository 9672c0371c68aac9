// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import TestSupport
import Testing

/// A capture is written as a whole or not at all.
@Suite struct CaptureWriterTests {
    @Test func givenAFolderThatDoesNotExistItCannotBeWritten() {
        let error = #expect(throws: CaptureError.self) {
            try CaptureWriter(path: "/nonexistent/out.pcap")
        }
        #expect(error?.kind == .unwritable)
        #expect(
            error?.description
                == "/nonexistent/out.pcap: cannot be created: No such file or directory")
    }

    @Test func givenAFolderInPlaceOfAFileItCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CaptureError.self) {
            try CaptureWriter(path: folder.url.path)
        }
        #expect(error?.kind == .unwritable)
        #expect(error?.reason == "is a directory")
    }

    @Test(.enabled(if: geteuid() != 0, "root writes everywhere"))
    func givenAFolderWithoutPermissionItCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        #expect(chmod(folder.url.path, 0o500) == 0)
        defer { chmod(folder.url.path, 0o700) }
        let error = #expect(throws: CaptureError.self) {
            try CaptureWriter(path: folder.path("out.pcap"))
        }
        #expect(error?.kind == .unwritable)
        #expect(error?.reason == "Permission denied")
    }

    @Test func givenAWriterThatIsNotFinishedNothingIsLeftBehind() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try CaptureWriter(path: folder.path("out.pcap"))
            try write([[1, 2, 3]], with: writer)
            #expect(try folder.contents != ["out.pcap"])
        }
        #expect(try folder.contents == [])
    }

    @Test func givenAWriterThatIsNotFinishedTheOldFileStays() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([9, 9], to: "out.pcap")
        do {
            let writer = try CaptureWriter(path: path)
            try write([[1, 2, 3]], with: writer)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([9, 9]))
        #expect(try folder.contents == ["out.pcap"])
    }

    @Test func givenAFinishedWriterTheFileTakesTheOldOnesPlace() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([9, 9], to: "out.pcap")
        let writer = try CaptureWriter(path: path)
        try write([[1, 2, 3]], with: writer)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([9, 9]))
        try writer.flush()
        try writer.publish()
        #expect(try folder.contents == ["out.pcap"])
        #expect(try read(path).map(\.bytes) == [[1, 2, 3]])
        #expect(writer.frameCount == 1)
    }

    /// As any program that opens the path itself does: the link stays, its target changes.
    @Test func givenALinkItsTargetIsReplaced() throws {
        let folder = try TemporaryFolder()
        let target = try folder.write([9, 9], to: "target.pcap")
        #expect(symlink("target.pcap", folder.path("out.pcap")) == 0)
        let writer = try CaptureWriter(path: folder.path("out.pcap"))
        try write([[1, 2, 3]], with: writer)
        try writer.flush()
        try writer.publish()
        #expect(try read(target).map(\.bytes) == [[1, 2, 3]])
        #expect(try folder.contents == ["out.pcap", "target.pcap"])
        let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: folder.path("out.pcap"))
        #expect(link == "target.pcap")
    }

    @Test func givenDevNullFramesGoNowhereAndItStays() throws {
        let writer = try CaptureWriter(path: "/dev/null")
        try write((0..<100).map { [UInt8($0)] }, with: writer)
        try writer.flush()
        try writer.publish()
        #expect(writer.frameCount == 100)
        var status = stat()
        #expect(stat("/dev/null", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func givenAFullDiskAFewFramesFailWhenTheyAreFinished() throws {
        let writer = try CaptureWriter(path: "/dev/full")
        try write([[1, 2, 3]], with: writer)
        let error = #expect(throws: CaptureError.self) { try writer.flush() }
        #expect(error == CaptureError(.unwritable, "/dev/full", "No space left on device"))
    }

    @Test func givenAFullDiskManyFramesFailAtOnce() throws {
        let writer = try CaptureWriter(path: "/dev/full")
        let error = #expect(throws: CaptureError.self) {
            for _ in 0..<100 { try write([[UInt8](repeating: 0, count: 1500)], with: writer) }
        }
        #expect(error == CaptureError(.unwritable, "/dev/full", "No space left on device"))
        #expect(writer.frameCount < 100)
    }

    @Test("a name that ends so asks for pcapng; otherwise it is pcap, unless the caller says")
    func formats() throws {
        let folder = try TemporaryFolder()
        for (name, format, head) in [
            ("a.pcap", nil, [0x4d, 0x3c, 0xb2, 0xa1]), ("b.pcapng", nil, [0x0a, 0x0d, 0x0d, 0x0a]),
            ("c.PCAPNG", nil, [0x0a, 0x0d, 0x0d, 0x0a]), ("d", nil, [0x4d, 0x3c, 0xb2, 0xa1]),
            ("e.pcap", .pcapng, [0x0a, 0x0d, 0x0d, 0x0a]),
        ] as [(String, CaptureFormat?, [UInt8])] {
            let writer = try CaptureWriter(path: folder.path(name), format: format)
            try write([[1, 2, 3]], with: writer)
            try writer.publish()
            let written = try Data(contentsOf: URL(filePath: folder.path(name)))
            #expect(Array(written.prefix(4)) == head, "\(name)")
            #expect(try read(folder.path(name)).map(\.bytes) == [[1, 2, 3]])
        }
    }

    /// 2^32 seconds after 1970 is 2106-02-07T06:28:16Z.
    @Test("pcap ends in 2106, and says so instead of beginning anew")
    func lateTimes() throws {
        let folder = try TemporaryFolder()
        let writer = try CaptureWriter(path: folder.path("a.pcap"))
        let last: UInt64 = 4_294_967_295_999_999_999
        try [1].withUnsafeBytes { try writer.write($0, time: last) }
        let error = #expect(throws: CaptureError.self) {
            try [2].withUnsafeBytes { try writer.write($0, time: last + 1) }
        }
        #expect(
            error
                == CaptureError(
                    .unwritable, folder.path("a.pcap"),
                    "frame 2 is of a time that pcap cannot hold, which ends in 2106; name a file that ends in .pcapng"
                ))
        let other = try CaptureWriter(path: folder.path("a.pcapng"))
        try [2].withUnsafeBytes { try other.write($0, time: last + 1) }
        try other.publish()
        #expect(try read(folder.path("a.pcapng")).map(\.time) == [last + 1])
    }

    @Test("times that count from another second are read as they are")
    func epoch() throws {
        let folder = try TemporaryFolder()
        let writer = try CaptureWriter(path: folder.path("a.pcapng"), epoch: -2_208_988_800)
        try [1].withUnsafeBytes { try writer.write($0, time: 1_500_000_007) }
        try writer.publish()
        let reader = try CaptureReader(path: folder.path("a.pcapng"))
        #expect(
            try reader.next()?.moment
                == CaptureTime(seconds: -2_208_988_799, nanoseconds: 500_000_007))
    }

    private func write(_ frames: [[UInt8]], with writer: CaptureWriter) throws {
        for frame in frames { try frame.withUnsafeBytes { try writer.write($0, time: 0) } }
    }
}
