// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Captures

/// Captures that come through a pipe.
@Suite struct CaptureStreamTests {
    private let folder: TemporaryFolder
    private let pipe: String

    init() throws {
        folder = try TemporaryFolder()
        pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
    }

    /// Writes to the pipe, once it has a reader, in pieces of some bytes.
    private func feed(_ bytes: [UInt8], pieces: Int) {
        let pipe = pipe
        Thread.detachNewThread {
            signal(SIGPIPE, SIG_IGN)
            let writer = open(pipe, O_WRONLY)
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                let piece = bytes[start..<min(start + pieces, bytes.count)]
                guard piece.withUnsafeBytes({ write(writer, $0.baseAddress, $0.count) }) > 0
                else { break }
            }
            close(writer)
        }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    @Test(
        "a capture of a pipe can be read again and again, however it came in",
        arguments: [1, 1_000, 1 << 20])
    func frames(pieces: Int) throws {
        let path = Repository.realCapture("zeek-5-pings.pcap")
        feed(try contents(path), pieces: pieces)
        let file = try CaptureFile(path: pipe)
        #expect(file.isCopy)
        for _ in 0..<2 {
            let survey = try CaptureSurvey(file)
            #expect(survey.frameCount == 10)
            #expect(survey.path == pipe)
        }
    }

    @Test("what comes may be compressed, and pcapng")
    func compressed() throws {
        let path = Repository.realCapture("zeek-vlan-pcp-dei.pcapng")
        feed(try gzipped(path), pieces: 100)
        #expect(try read(pipe) == read(path))
    }

    private func gzipped(_ path: String) throws -> [UInt8] {
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/bin/gzip")
        gzip.arguments = ["-c", path]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return Array(bytes)
    }

    @Test("a pipe that gives nothing gives no capture")
    func empty() throws {
        feed([], pieces: 1)
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: pipe) }
        #expect(error?.kind == .malformed)
    }

    @Test("what is no capture is refused at once, though it never ends")
    func endless() throws {
        let error = #expect(throws: CaptureError.self) { try CaptureFile(path: "/dev/zero") }
        #expect(
            error?.description
                == "/dev/zero: not a pcap or pcapng capture (it begins with 00 00 00 00)")
    }

    @Test("what comes without end fills no disk")
    func bounded() throws {
        feed(PcapFile().bytes + [UInt8](repeating: 0, count: 2 << 20), pieces: 1 << 16)
        let error = #expect(throws: CaptureError.self) {
            try CaptureFile(
                path: pipe, copyLimit: SpoolFile.Limit(bytes: 1 << 20, reason: "half of it"))
        }
        #expect(error?.kind == .unwritable)
        #expect(error?.path == pipe)
    }

    @Test("a pipe without a writer is waited for until nobody wants it any more")
    func waiting() throws {
        var looks = 0
        let error = #expect(throws: CaptureError.self) {
            try CaptureFile(path: pipe) { _ in
                looks += 1
                return looks < 3
            }
        }
        #expect(error == CaptureError(.interrupted, pipe, "interrupted"))
        #expect(looks == 3)
    }

    @Test("a copy has no name in the folder, and goes with its value")
    func nameless() throws {
        let before = try descriptors()
        do {
            let spool = try SpoolFile(for: "test")
            let bytes: [UInt8] = [1, 2, 3]
            try bytes.withUnsafeBytes { raw in try spool.add(raw) }
            try spool.flush()
            #expect(try contents(spool.path) == bytes)
            var status = stat()
            #expect(stat(spool.path, &status) == 0)
            // No name leads to it: whatever ends the process, nothing is left.
            #expect(status.st_nlink == 0)
        }
        #expect(try descriptors() <= before)
    }

    /// Those that lead to files that have no name.
    private func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            var status = stat()
            return stat("/proc/self/fd/\($0)", &status) == 0 && status.st_nlink == 0
                && status.st_mode & S_IFMT == S_IFREG && status.st_size == 3
        }.count
    }
}
