// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Whether the user wants the process to end: SIGINT or SIGTERM came.
public enum Interruption {
    private static let flag = Atomic(false)

    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// From now on the signals set the flag, and end nothing by themselves.
    public static func watch() {
        // Initialises the flag, which must not happen inside a signal handler.
        flag.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        }
    }
}
