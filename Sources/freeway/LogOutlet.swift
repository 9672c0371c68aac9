// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Standard error as a log uses it: a reader that stays but does not read, or a terminal that is held,
/// takes lines from the log and not time from the control plane.
final class LogOutlet: Sendable {
    /// The lines that found no room since the last that did.
    private let lost = Mutex(0)

    /// Writes a line if there is room for one.
    /// - Parameter write: gets the number of lines that are missing before this one.
    func write(_ write: (Int) -> Void) {
        lost.withLock { lost in
            // One line at a time: what was seen to be free is still so, unless another process has the pipe too.
            guard Self.hasRoom else {
                lost += 1
                return
            }
            write(lost)
            lost = 0
        }
    }

    /// Bytes of a message that surely find room then, with what stands around it: half a page.
    static let longestMessage = 2_048

    /// Whether a write of a line does not wait. A pipe says so while it has a page to spare, a file always.
    private static var hasRoom: Bool {
        var state = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        // Without an answer, or with an error, the write itself fails at once.
        return poll(&state, 1, 0) != 0
    }
}
