// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a worker does in a round that brought nothing.
enum Idle {
    /// Lets another thread have the CPU: for workers that share one.
    static func yield() { sched_yield() }

    /// Sleeps through a part of a wait: never past its end, and never so long that the control plane
    /// would notice. The last stretch of a wait is not slept, since waking takes the kernel 50 µs and
    /// more.
    static func sleep(forPartOf nanoseconds: Double) {
        let part = min(nanoseconds - 200_000, 1_000_000)
        guard part > 0 else { return }
        var duration = timespec(tv_sec: 0, tv_nsec: Int(part))
        nanosleep(&duration, nil)
    }
}
