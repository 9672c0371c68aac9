// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An exclusive `flock` on a directory, so that two daemons that open a socket there at once do
/// so one after the other. It leaves no file behind. Whoever has it calls ``release()``.
struct DirectoryLock {
    private let descriptor: Int32

    /// Waits at most `milliseconds`. Without permission to read the directory there is no lock,
    /// and the caller goes on without.
    ///
    /// - Returns: `nil` when another process kept the lock all the time.
    init?(directory: String, milliseconds: Int = 2000) {
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        var waited = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, waited < milliseconds else {
                let lockIsMissing = errno != EWOULDBLOCK && errno != EINTR
                if lockIsMissing { return }
                close(descriptor)
                return nil
            }
            usleep(10_000)
            waited += 10
        }
    }

    func release() {
        if descriptor >= 0 { close(descriptor) }
    }
}
