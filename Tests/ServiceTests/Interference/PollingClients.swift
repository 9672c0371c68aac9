// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Synchronization

/// Clients that each ask for the statistics a hundred times a second, as long as the answers keep up, on one
/// thread: 50 threads would take more of the machine than the server does.
final class PollingClients: Sendable {
    private let isOver = Atomic(false)
    private let result = Mutex<Int?>(nil)

    /// - Parameter path: of the control socket.
    init(_ count: Int, path: String) throws {
        let clients = try (0..<count).map { _ in try RawClient(path) }
        Thread.detachNewThread { [self] in
            var answers = 0
            while !isOver.load(ordering: .acquiring) {
                let next = ContinuousClock.now + .milliseconds(10)
                for client in clients {
                    client.send("GET /v1/stats HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                for client in clients where client.readLineNow() { answers += 1 }
                let rest = next - .now
                if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
            }
            result.withLock { $0 = answers }
        }
    }

    /// - Returns: how many answers came.
    func stop() async -> Int {
        isOver.store(true, ordering: .releasing)
        while true {
            if let count = result.withLock({ $0 }) { return count }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
