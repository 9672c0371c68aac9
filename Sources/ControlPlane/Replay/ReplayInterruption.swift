// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Ends a replay early. A signal handler may ask for it.
public enum ReplayInterruption {
    private static let flag = Atomic(false)

    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Safe in a signal handler once `prepare()` was called.
    public static func request() { flag.store(true, ordering: .relaxed) }

    /// Initialises the flag, which must not happen inside a signal handler.
    public static func prepare() { flag.store(false, ordering: .relaxed) }
}
