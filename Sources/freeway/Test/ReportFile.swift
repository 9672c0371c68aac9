// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// A file that a report is written to at the end: whether it can be is known at the beginning, and a
/// reader never sees half of it.
final class ReportFile {
    private let path: String
    private let temporary: String
    private let isReplaced: Bool
    private var descriptor: Int32

    /// - Throws: `ExitCode` 73, after a line on standard error.
    init(path: String) throws {
        self.path = path
        var status = stat()
        // A device or a pipe is written to, never replaced.
        isReplaced = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
        temporary = isReplaced ? "\(path).\(getpid()).part" : path
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be created") }
    }

    /// Writes all of it and puts the file in its place.
    func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw failure("cannot be written")
            }
        }
        let status = close(descriptor)
        descriptor = -1
        guard status == 0, !isReplaced || rename(temporary, path) == 0 else {
            throw failure("cannot be written")
        }
    }

    private func failure(_ what: String) -> ExitCode {
        Terminal.writeError("\(path): \(what): \(String(cString: strerror(errno)))")
        return ExitCode(73)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if isReplaced { unlink(temporary) }
    }
}
