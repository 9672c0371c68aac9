// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Whether somebody sent SIGHUP, which asks for the configuration file to be read again.
enum ReloadSignal {
    private static let flag = Atomic(false)

    /// From now on the signal sets the flag, and ends nothing.
    static func watch() {
        // Initialises the flag, which must not happen inside a signal handler.
        flag.store(false, ordering: .relaxed)
        signal(SIGHUP) { _ in ReloadSignal.flag.store(true, ordering: .relaxed) }
    }

    /// Whether the signal came since the last call.
    static func take() -> Bool { flag.exchange(false, ordering: .relaxed) }
}
