// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Synchronization
import Testing

/// Work that keeps all threads of the concurrency pool, which has one for each CPU.
@Suite struct HTTPBusyPoolTests {
    @Test("a server in a process whose concurrency pool is busy still answers", arguments: [1, 3])
    func answers(clients: Int) async throws {
        try await withServer { path in
            // Given tasks that keep every thread until the replies are there, and one that waits for a thread,
            let pool = BusyPool()
            // when clients ask,
            let (replies, isBusy) = try await onOwnThread {
                defer { pool.end() }
                pool.waitUntilBusy()
                let clients = try (0..<clients).map { _ in try RawClient(path) }
                for client in clients { client.send("GET /v1/stats HTTP/1.1\r\nHost: f\r\n\r\n") }
                return (clients.map { $0.readLineNow() }, pool.isBusy)
            }
            // then they have their replies while the pool is as busy as before.
            #expect(replies.allSatisfy { $0 } && isBusy)
        }
    }
}

/// Tasks that compute until they are told to end.
private final class BusyPool: Sendable {
    private static let threads = ProcessInfo.processInfo.activeProcessorCount

    private let computing = Atomic(0)
    private let isOver = Atomic(false)
    /// Whether a task got a thread that came behind those that compute.
    private let isFree = Atomic(false)

    init() {
        for _ in 0..<4 * Self.threads {
            Task.detached {
                self.computing.add(1, ordering: .relaxed)
                while !self.isOver.load(ordering: .relaxed) {}
            }
        }
        Task.detached { self.isFree.store(true, ordering: .relaxed) }
    }

    var isBusy: Bool { !isFree.load(ordering: .relaxed) }

    /// Blocks its thread.
    func waitUntilBusy() {
        while computing.load(ordering: .relaxed) < Self.threads { usleep(1000) }
    }

    func end() { isOver.store(true, ordering: .relaxed) }
}
