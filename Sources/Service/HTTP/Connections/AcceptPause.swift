// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOPosix

/// Lets a listening socket rest where no connection can be accepted, since the process has as many files
/// open as it may: clients wait in the socket's queue until one is closed.
///
/// NIO would go on trying as fast as it can: it leaves the interest in readable events as it is after an
/// error (`AcceptBackoffHandler` delays reads that are asked for, and none is). Where it is our own
/// connections that hold the files, the one that was silent longest goes, as where there are too many.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let pause: TimeAmount
    private let registry: ConnectionRegistry
    private let logger: Logger
    private var failures = OccasionalCount()

    init(pause: TimeAmount, registry: ConnectionRegistry, logger: Logger) {
        self.pause = pause
        self.registry = registry
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? IOError else { return context.fireErrorCaught(error) }
        if let count = failures.add() {
            logger.warning(
                "no client can connect: \(fault); raise the limit of open files (LimitNOFILE= of a service, ulimit -n)",
                metadata: ["failures": "\(count)"])
        }
        registry.displaceMostSilent()
        guard let options = context.channel.syncOptions else { return }
        try? options.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            try? options.setOption(.autoRead, value: true)
        }
    }
}

@available(*, unavailable)
extension AcceptPause: Sendable {}
