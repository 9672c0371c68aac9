// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration
import TestSupport
import Testing

@testable import Service

/// Configuration files that keep their reader waiting.
@Suite struct FileReadingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a file gives its bytes, and one that is not there an error")
    func ordinary() throws {
        let path = folder.path + "/file"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        #expect(try FileReading().contents(of: path, within: .seconds(20)) == [1, 2, 3])
        let error = #expect(throws: ConfigurationErrors.self) {
            try FileReading().contents(of: folder.path + "/none", within: .seconds(20))
        }
        #expect(error?.kind == .unreadable)
        #expect(
            error?.description == "\(folder.path)/none: cannot be read: No such file or directory")
    }

    @Test("a named pipe without a writer is given up, and keeps nothing that comes after it")
    func blocked() throws {
        let reading = FileReading()
        let path = folder.path + "/file"
        for _ in 0..<6 {
            #expect(mkfifo(path, 0o600) == 0)
            let error = #expect(throws: ConfigurationErrors.self) {
                try reading.contents(of: path, within: .milliseconds(50))
            }
            #expect(error?.kind == .unreadable)
            #expect(error?.description.contains("it kept its reader waiting") == true)
            unlink(path)
        }
        try Data([7]).write(to: URL(fileURLWithPath: path))
        #expect(try reading.contents(of: path, within: .seconds(20)) == [7])
    }

    @Test("a named pipe with a writer is read to its end, however late the writer comes")
    func late() throws {
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        Thread.detachNewThread {
            // Waits until the reader is there.
            let writer = open(pipe, O_WRONLY)
            for byte: UInt8 in 1...3 {
                var byte = byte
                write(writer, &byte, 1)
            }
            close(writer)
        }
        #expect(try FileReading().contents(of: pipe, within: .seconds(20)) == [1, 2, 3])
    }
}
