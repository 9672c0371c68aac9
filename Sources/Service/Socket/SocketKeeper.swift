// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import Synchronization

/// Looks after the file of a listening socket: without it nobody can connect, and only a restart of the
/// forwarder would bring it back. Whoever cleans up below `/run` or `/tmp` removes such files.
///
/// When the file is gone, the listener makes it again and the channel of the old socket is closed, so
/// that the server goes on with the new one. A file that somebody else puts there is left alone. Any
/// thread.
final class SocketKeeper: Sendable {
    private let listener: ControlListener
    private let interval: TimeAmount
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var channel: (any Channel)?
        var isStopped = false
        /// What the log knows of.
        var told = ControlListener.Upkeep.present
    }

    init(listener: ControlListener, interval: TimeAmount, logger: Logger) {
        self.listener = listener
        self.interval = interval
        self.logger = logger
    }

    /// Looks after the file until the channel, which listens on its socket, is closed.
    func watch(_ channel: any Channel) {
        let isStopped = state.withLock { state in
            state.channel = channel
            return state.isStopped
        }
        guard !isStopped else { return channel.close(promise: nil) }
        let task = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: interval, delay: interval
        ) { [self] _ in look(channel) }
        channel.closeFuture.whenComplete { _ in task.cancel() }
    }

    /// Closes the channel, and the next one if there is to be one. May be called more than once.
    func stop() {
        let channel = state.withLock { state in
            state.isStopped = true
            return state.channel
        }
        channel?.close(promise: nil)
    }

    private func look(_ channel: any Channel) {
        let upkeep = listener.keepUp()
        if upkeep == .remade { channel.close(promise: nil) }
        let isNew = state.withLock { state in
            defer { state.told = upkeep == .remade ? .present : upkeep }
            return state.told != upkeep
        }
        if isNew { tell(upkeep) }
    }

    private func tell(_ upkeep: ControlListener.Upkeep) {
        let metadata: Logger.Metadata = ["path": "\(listener.path)"]
        switch upkeep {
        case .present:
            logger.notice("the control socket is in its place again", metadata: metadata)
        case .remade:
            logger.warning(
                "somebody removed the control socket; it was made again", metadata: metadata)
        case .replaced:
            logger.error(
                "another file took the control socket's place; remove it, and the socket comes back",
                metadata: metadata)
        case .missing(let error):
            logger.error("the control socket is gone, and stays so for now: \(error)")
        }
    }
}
