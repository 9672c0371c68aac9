// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard input, output and error, whatever the process was started with.
enum StandardStreams {
    /// Makes them safe to write to. Call it first of all.
    ///
    /// A stream that is missing would be the number of the next file that is opened: a message could go
    /// into a capture, or into a descriptor that an event loop waits for. `/dev/null`, opened for
    /// reading, takes its number: a write to it fails as it would without.
    ///
    /// A file that would become longer than it may (`ulimit -f`) is an error of one write, too.
    ///
    /// A pipe without a reader is an error of one write, not the end of a forwarder whose log somebody
    /// read with `head`.
    static func secure() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
