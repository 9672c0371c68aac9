// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration
import Testing

@testable import ControlPlane

/// Configuration files that keep their reader waiting.
@Suite struct FileReadingTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

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

    @Test(
        "a named pipe without a writer is given up; what comes behind it waits, and is read in its turn"
    )
    func blocked() throws {
        let reading = FileReading()
        let pipe = folder.path + "/pipe"
        let file = folder.path + "/file"
        #expect(mkfifo(pipe, 0o600) == 0)
        try Data([7]).write(to: URL(fileURLWithPath: file))
        for path in [pipe, file] {
            let error = #expect(throws: ConfigurationErrors.self) {
                try reading.contents(of: path, within: .milliseconds(200))
            }
            #expect(error?.kind == .unreadable)
            #expect(error?.description.contains("it kept its reader waiting") == true)
        }
        // A writer comes and goes: the reading that was given up ends, and the next one has its turn.
        let writer = open(pipe, O_WRONLY)
        #expect(writer >= 0)
        close(writer)
        #expect(try reading.contents(of: file, within: .seconds(20)) == [7])
    }
}
