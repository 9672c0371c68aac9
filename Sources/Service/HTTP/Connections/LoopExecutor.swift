// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs a connection's tasks on the thread that reads and writes it, and not in the concurrency pool, which
/// has a thread for each CPU and nothing to spare while others compute there: a client is answered all the
/// same. What takes longer than a moment gets a thread of its own (``OwnThread``).
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
