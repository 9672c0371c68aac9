// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Work that takes seconds, on a thread of its own: the concurrency pool has few.
enum OwnThread {
    /// Whoever waits for the work; resumed once, by the work or by a cancellation.
    private final class Waiter<Value: Sendable>: Sendable {
        private enum State {
            case none, ended
            case waiting(CheckedContinuation<Value, any Error>)
        }

        private let state = Mutex(State.none)

        /// - Returns: false when the wait is over already.
        func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
            let isOver = state.withLock { state in
                if case .ended = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isOver { continuation.resume(throwing: CancellationError()) }
            return !isOver
        }

        func resume(with result: Result<Value, any Error>) {
            let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
                defer { state = .ended }
                if case .waiting(let continuation) = state { return continuation }
                return nil
            }
            continuation?.resume(with: result)
        }
    }

    /// Waits for the work, unless the task is cancelled: then the work goes on by itself.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let waiter = Waiter<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard waiter.wait(continuation) else { return }
                Thread.detachNewThread { waiter.resume(with: Result { try work() }) }
            }
        } onCancel: {
            waiter.resume(with: .failure(CancellationError()))
        }
    }
}
