// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Counts what a flood of clients causes, so that it makes a line of the log now and then, not one each.
struct OccasionalCount {
    private static let silence = TimeAmount.minutes(1)

    private var count = 0
    private var lastToldAt: NIODeadline?

    /// - Returns: how many there were since the log said so last, when it is to say so again.
    mutating func add(_ more: Int = 1) -> Int? {
        count += more
        let now = NIODeadline.now()
        guard count > 0, lastToldAt.map({ now >= $0 + Self.silence }) ?? true else { return nil }
        lastToldAt = now
        defer { count = 0 }
        return count
    }
}

/// The same from any thread.
final class SharedOccasionalCount: Sendable {
    private let count = Mutex(OccasionalCount())

    func add() -> Int? { count.withLock { $0.add() } }
}
