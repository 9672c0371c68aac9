// SPDX-License-Identifier: Apache-2.0

import Forwarding
import Synchronization

/// Runs asynchronous work to its end on the thread that asks for it, which other tasks may need the
/// concurrency pool for.
final class CallingThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Waits for the work, and does it meanwhile.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let executor = CallingThread()
        let result = Outcome<Value>()
        Task(executorPreference: executor) {
            do {
                let value = try await work()
                result.value.withLock { $0 = .success(value) }
            } catch {
                result.value.withLock { $0 = .failure(error) }
            }
        }
        while true {
            if let result = result.value.withLock({ $0 }) { return try result.get() }
            let jobs = executor.jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            for job in jobs { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
            // Somebody else's thread has the work in hand.
            if jobs.isEmpty { lookAgainSoon() }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, any Error>?>(nil)
    }
}
