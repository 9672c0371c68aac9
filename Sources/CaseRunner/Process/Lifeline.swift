// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Ends this process when the one that started it is gone.
public enum Lifeline {
    /// Starts a thread that waits for the end of standard input, which ``ChildProcess`` makes a pipe, and
    /// then ends the process at once. Without it, a child that hangs would outlive a parent that was
    /// killed.
    public static func watch() {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                Lifeline.waitForTheEnd()
                return nil
            }, nil)
        if status == 0 { pthread_detach(thread) }
    }

    private static func waitForTheEnd() {
        while true {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        kill(getpid(), SIGKILL)
    }
}
