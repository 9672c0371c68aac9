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

    private func write(_ frames: [[UInt8]], with writer: CaptureWriter) throws {
        for frame in frames { try frame.withUnsafeBytes { try writer.write($0, time: 0) } }
    }
}
