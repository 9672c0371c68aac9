// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Closes a connection whose client sends too much or takes too long. Sees raw bytes, so that
/// half a header counts as much as half a body or a reply that nobody reads.
///
/// An exchange is open while bytes have come in since the last reply, or a reply is not yet in
/// the client's hands. Part of a request that came along with a whole one counts as silence once
/// the whole one has its reply: the idle timeout ends that.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let limits: ControlLimits
    private let registry: ConnectionRegistry
    private let replies: WaitingReplies
    private var bytesSinceReply = 0
    private var allowedBytes: Int
    private var timeout: TimeAmount
    private var pendingWrites = 0
    /// Whoever waits until the kernel has all that was written.
    private var taken: [EventLoopPromise<Void>] = []
    /// A request has begun, and its reply has not.
    private var awaitsReply = false
    /// The client sent too much, or may send what nobody reads. What more comes is thrown away, so that it can see the reply that is due
    /// before the connection ends.
    private var isCutOff = false
    /// What is written is no reply yet: the client is told to go on. Event loop.
    var writesInterim = false
    private var deadline: Scheduled<Void>?

    init(limits: ControlLimits, registry: ConnectionRegistry, replies: WaitingReplies) {
        self.limits = limits
        self.registry = registry
        self.replies = replies
        allowedBytes = limits.maximumRequestBytes
        timeout = limits.exchangeTimeout
    }

    /// A request has begun. One that may bring a configuration is long, and takes its time; what is
    /// left of it after an early reply may come too, to be thrown away. Event loop.
    /// - Parameter action: nil for one that reads.
    func begin(_ action: ControlAction?, _ context: ChannelHandlerContext) {
        let isReload = action?.isReload == true
        allowedBytes = limits.maximumRequestBytes
        if let action, isReload { allowedBytes += limits.maximumBodyBytes(of: action) }
        timeout = isReload ? limits.reloadTimeout : limits.exchangeTimeout
        if isReload { startDeadline(context) }
        if isReload { readAtOnce(limits.uploadReadBytes, context) }
        awaitsReply = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isCutOff else { return }
        bytesSinceReply += unwrapInboundIn(data).readableBytes
        guard bytesSinceReply <= allowedBytes else {
            isCutOff = awaitsReply
            if !isCutOff { context.close(promise: nil) }
            return
        }
        registry.touch(context.channel)
        if deadline == nil { startDeadline(context) }
        context.fireChannelRead(data)
    }

    /// With the reply that comes the connection ends, though not at once, or the client might not see the reply
    /// (RFC 9112, 9.6): what else it sends is thrown away. Event loop.
    func cutOff() { isCutOff = true }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        pendingWrites += 1
        if !writesInterim {
            bytesSinceReply = 0
            if awaitsReply { readAtOnce(limits.readBytes, context) }
            awaitsReply = false
            startDeadline(context)
        }
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            bound.value.handler.partWasTaken(bound.value.context)
        }
        context.write(data, promise: written)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopDeadline()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopDeadline()
    }

    /// Waits until the kernel has taken all that was written to a connection, or the connection is closed.
    /// Any thread.
    static func waitUntilTaken(_ channel: any Channel) async throws {
        try await channel.eventLoop.flatSubmit {
            let pipeline = channel.pipeline.syncOperations
            let promise = channel.eventLoop.makePromise(of: Void.self)
            if let guardian = try? pipeline.handler(type: ConnectionGuard.self),
                guardian.pendingWrites > 0
            {
                guardian.taken.append(promise)
            } else {
                promise.succeed()
            }
            return promise.futureResult
        }.get()
    }

    /// The kernel took a part of a reply, or never will.
    private func partWasTaken(_ context: ChannelHandlerContext) {
        pendingWrites -= 1
        replies.progress(context.channel)
        guard pendingWrites == 0 else { return }
        if bytesSinceReply == 0, !isCutOff { stopDeadline() }
        for promise in taken { promise.succeed() }
        taken = []
    }

    /// Bytes that are read from the connection at once from now on.
    private func readAtOnce(_ bytes: Int, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(
            .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: bytes))
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        stopDeadline()
        guard context.channel.isActive else { return }
        let channel = context.channel
        let time = isCutOff && !awaitsReply ? limits.lingerTime : timeout
        deadline = context.eventLoop.scheduleTask(in: time) {
            channel.close(promise: nil)
        }
    }

    private func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
