// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a worker does in a round that brought nothing.
enum Idle {
    /// Lets another thread have the CPU: for workers that share one.
    static func yield() { sched_yield() }
}
