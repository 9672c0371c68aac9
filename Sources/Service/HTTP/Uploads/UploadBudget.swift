// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Synchronization

/// Bounds what the bodies of requests take of memory, over all connections, until the requests are done.
/// Bytes count as they come in: a client that only says that it will send many holds nothing up.
final class UploadBudget: Sendable {
    private let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// What one request has taken; it goes back with the value.
    struct Share: ~Copyable {
        private let budget: UploadBudget
        private var bytes = 0

        fileprivate init(_ budget: UploadBudget) { self.budget = budget }

        /// The request holds so many bytes now.
        /// - Throws: 409 when there is no room for them beside those of others.
        mutating func hold(_ count: Int) throws(ControlRefusal) {
            let more = count - bytes
            guard more > 0 else { return }
            let hasRoom = budget.taken.withLock { taken in
                // A request by itself is bounded elsewhere.
                guard taken + more <= budget.limit || taken == bytes else { return false }
                taken += more
                return true
            }
            guard hasRoom else {
                throw ControlRefusal(
                    status: 409,
                    ErrorReply(
                        code: "busy",
                        message: "the requests under way hold \(budget.limit >> 20) MiB, the most "
                            + "that there may be",
                        remedy: "try again once they are done"))
            }
            bytes = count
        }

        deinit {
            let bytes = bytes
            budget.taken.withLock { $0 -= bytes }
        }
    }

    func share() -> Share { Share(self) }
}
