// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import Synchronization

/// Bounds what replies that clients have not read yet take of memory, over all connections. Any thread.
///
/// A reply counts from when it is made until it is in the kernel's hands, which take more as the client
/// reads. Where one more does not fit, the connection goes that has taken nothing for the longest time:
/// clients that do not read cannot keep a reply from one that does.
final class WaitingReplies: Sendable {
    private struct Waiting {
        let channel: any Channel
        let bytes: ReplyBytes
        var lastTaken: NIODeadline
    }

    private struct State {
        var waiting: [ObjectIdentifier: Waiting] = [:]
        var displaced = OccasionalCount()
    }

    /// Bytes that are handed to a connection at once: what it holds of a reply beside the copy that all share.
    static let partBytes = 32 << 10

    private let limit: Int
    private let logger: Logger
    private let state = Mutex(State())

    init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    /// A reply is to be sent; ``end(_:)`` says that it has been.
    func begin(_ bytes: ReplyBytes, on channel: any Channel) {
        let (slowest, displaced) = state.withLock { state in
            let own = ObjectIdentifier(channel)
            state.waiting[own] = Waiting(channel: channel, bytes: bytes, lastTaken: .now())
            var slowest: [any Channel] = []
            while Self.cost(of: state.waiting.values) > limit,
                let other = state.waiting.filter({ $0.key != own })
                    .min(by: { $0.value.lastTaken < $1.value.lastTaken })
            {
                state.waiting[other.key] = nil
                slowest.append(other.value.channel)
            }
            return (slowest, state.displaced.add(slowest.count))
        }
        for channel in slowest { channel.close(promise: nil) }
        if let displaced {
            logger.warning(
                "clients leave more replies unread than may wait; the slowest are disconnected",
                metadata: ["limitBytes": "\(limit)", "closed": "\(displaced)"])
        }
    }

    /// The kernel took a part of the reply.
    func progress(_ channel: any Channel) {
        state.withLock { $0.waiting[ObjectIdentifier(channel)]?.lastTaken = .now() }
    }

    func end(_ channel: any Channel) {
        state.withLock { $0.waiting[ObjectIdentifier(channel)] = nil }
    }

    /// Bytes in all: each copy once, and none of one that the process keeps anyway.
    private static func cost(of waiting: some Collection<Waiting>) -> Int {
        var seen: Set<ObjectIdentifier> = []
        return waiting.reduce(0) { sum, reply in
            let isNew = !reply.bytes.isKept && seen.insert(ObjectIdentifier(reply.bytes)).inserted
            let size = reply.bytes.data.count
            return sum + (isNew ? size : 0) + min(size, partBytes)
        }
    }
}
