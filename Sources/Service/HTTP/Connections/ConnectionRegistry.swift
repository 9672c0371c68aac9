// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import Synchronization

/// The connections that are open, and when each last sent something. Any thread.
final class ConnectionRegistry: Sendable {
    private struct Connection {
        let channel: any Channel
        var lastActive: NIODeadline
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isClosing = false
        /// Closed for others.
        var displaced = OccasionalCount()
    }

    private let maximum: Int
    private let drained: EventLoopPromise<Void>
    private let logger: Logger
    private let state = Mutex(State())

    init(maximum: Int, eventLoop: any EventLoop, logger: Logger) {
        self.maximum = maximum
        self.logger = logger
        drained = eventLoop.makePromise()
    }

    /// Takes a new connection in. When there are too many, the one that has been silent longest
    /// goes: silent clients cannot keep a new one out.
    func enter(_ channel: any Channel) {
        let (toClose, displaced): ((any Channel)?, Int?) = state.withLock { state in
            if state.isClosing { return (channel, nil) }
            var oldest: (any Channel)?
            if state.connections.count >= maximum {
                oldest =
                    state.connections.values
                    .min { $0.lastActive < $1.lastActive }?.channel
            }
            if let oldest { state.connections[ObjectIdentifier(oldest)] = nil }
            state.connections[ObjectIdentifier(channel)] =
                Connection(channel: channel, lastActive: .now())
            return (oldest, oldest == nil ? nil : state.displaced.add())
        }
        toClose?.close(promise: nil)
        if let displaced {
            logger.warning(
                "clients keep more connections open than there may be; the most silent are closed",
                metadata: ["limit": "\(maximum)", "closed": "\(displaced)"])
        }
        channel.closeFuture.whenComplete { _ in self.leave(channel) }
    }

    /// Closes the connection that has been silent longest, if there is any.
    func displaceMostSilent() {
        let oldest = state.withLock { state in
            let oldest = state.connections.values.min { $0.lastActive < $1.lastActive }?.channel
            if let oldest { state.connections[ObjectIdentifier(oldest)] = nil }
            return oldest
        }
        oldest?.close(promise: nil)
    }

    func touch(_ channel: any Channel) {
        state.withLock { $0.connections[ObjectIdentifier(channel)]?.lastActive = .now() }
    }

    /// From now on every new connection is closed at once, and each that has no request under way.
    func quiesce() {
        let channels = state.withLock { state in
            state.isClosing = true
            if state.connections.isEmpty { drained.succeed() }
            return state.connections.values.map(\.channel)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        let channels = state.withLock { $0.connections.values.map(\.channel) }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Returns when, after ``quiesce()``, the last connection is closed.
    func waitUntilDrained() async throws {
        try await drained.futureResult.get()
    }

    private func leave(_ channel: any Channel) {
        state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = nil
            if state.isClosing, state.connections.isEmpty { drained.succeed() }
        }
    }
}
