// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Standard error as a log uses it: a reader that stays but does not read, or a terminal that is held,
/// takes lines from the log and not time from the control plane.
final class LogOutlet: Sendable {
    /// The lines that found no room since the last that did.
    private let lost = Mutex(0)

    /// Writes a line if there is room for one.
    /// - Parameter line: ended by a newline, of at most ``longestLine`` bytes; gets the number of lines that are
    ///   missing before this one.
    func write(_ line: (Int) -> String) {
        lost.withLock { lost in
            // One line at a time: what was seen to be free is still so, unless another process has the pipe too.
            guard Self.hasRoom else {
                lost += 1
                return
            }
            let bytes = Array(line(lost).utf8)
            lost = 0
            // Whole or not at all, where a pipe has it; a full disk takes lines from the log, too.
            _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// Bytes of a line that surely find room then: a page.
    static let longestLine = 4_096

    /// Whether a write of a line does not wait. A pipe says so while it has a page to spare, a file always.
    private static var hasRoom: Bool {
        var state = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        // Without an answer, or with an error, the write itself fails at once.
        return poll(&state, 1, 0) != 0
    }
}
