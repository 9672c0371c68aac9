// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The HTTP server on the control socket.
///
/// Nothing that a client does holds up the forwarder or another client: ``ControlLimits`` says
/// what each may take. A graceful shutdown, or the cancellation of the task, removes the socket
/// file first, drops idle connections at once, and all others after the grace time.
package struct ControlServer<Source: ControlSource>: Service {
    private let listener: ControlListener
    private let source: Source
    private let limits: ControlLimits
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger

    /// - Parameter eventLoopGroup: its threads should have no worker's CPU. By default NIO's own,
    ///   which is made at its first use, with the affinity of the thread that uses it then.
    package init(
        listener: ControlListener, source: Source, limits: ControlLimits = ControlLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil,
        logger: Logger
    ) {
        self.listener = listener
        self.source = source
        self.limits = limits
        self.eventLoopGroup = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        self.logger = logger
    }

    /// Serves until it is told to stop. May be called once.
    ///
    /// A socket whose file somebody removes is made again; see ``SocketKeeper``.
    package func run() async throws {
        defer { listener.close() }
        guard let descriptor = listener.takeDescriptor() else { return }
        let registry = ConnectionRegistry(
            maximum: limits.connectionsInForce, eventLoop: eventLoopGroup.next(), logger: logger)
        let replies = WaitingReplies(limit: limits.maximumWaitingBytes, logger: logger)
        let (connections, connecting) = AsyncStream<Connection>.makeStream()
        let clients = Clients(
            registry: registry, replies: replies, http: makeHTTPChannel(replies),
            connecting: connecting,
            keeper: SocketKeeper(
                listener: listener, interval: limits.socketCheckInterval, logger: logger))
        let server = try await listen(on: descriptor, to: clients)
        logger.info("the control socket is open", metadata: ["path": "\(listener.path)"])
        // Its own task: cancellation must not end the sequence of connections before each of
        // them has been handled, or NIO stops the process.
        let serving = Task(executorPreference: LoopExecutor(eventLoopGroup.next())) {
            await serve(connections, from: server, clients)
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serving.value
            } onGracefulShutdown: {
                stop(clients, grace: limits.shutdownGrace)
            }
        } onCancel: {
            stop(clients, grace: .zero)
        }
        logger.debug("the control socket is closed", metadata: ["path": "\(listener.path)"])
    }

    private typealias Connection = HTTP1Channel.Value

    /// All connections, and what they share.
    private struct Clients: Sendable {
        let registry: ConnectionRegistry
        let replies: WaitingReplies
        let http: HTTP1Channel
        /// Where new ones go. Not by the channel of the socket, which drops those that are made ready on another thread
        /// while it is closed: then nobody ends them, upon which NIO stops the process.
        let connecting: AsyncStream<Connection>.Continuation
        let keeper: SocketKeeper
    }

    private func listen(
        on descriptor: Int32, to clients: Clients
    ) async throws -> any Channel {
        let server = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptPause(
                            pause: limits.acceptPause, registry: clients.registry, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // What waits in the kernel for a client to read it; Linux doubles it.
            .childChannelOption(.socketOption(.so_sndbuf), value: limits.socketBufferBytes)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: limits.readBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionGuard(
                            limits: limits, registry: clients.registry, replies: clients.replies))
                }.flatMap {
                    clients.http.setup(channel: channel, logger: quietLogger)
                }.flatMapThrowing { connection in
                    let pipeline = channel.pipeline.syncOperations
                    let parser = try pipeline.handler(
                        type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                    try pipeline.addHandler(ConnectionRules(), position: .after(parser))
                    clients.registry.enter(channel)
                    guard case .terminated = clients.connecting.yield(connection) else { return }
                    // The registry has closed it.
                    Task { await clients.http.handle(value: connection, logger: quietLogger) }
                }
            }
            .withBoundSocket(descriptor).get()
        clients.keeper.watch(server)
        return server
    }

    /// Goes on to the next socket each time that it was made again, until it is told to stop.
    private func listen(after first: any Channel, _ clients: Clients) async {
        var server = first
        do {
            while true {
                try await server.closeFuture.get()
                guard let descriptor = listener.takeDescriptor() else { return }
                server = try await listen(on: descriptor, to: clients)
            }
        } catch {
            logger.error("the control socket failed", metadata: ["error": "\(error)"])
        }
    }

    private func makeHTTPChannel(_ replies: WaitingReplies) -> HTTP1Channel {
        let responder = ControlResponder(source: source, limits: limits, logger: logger)
        return HTTP1Channel(
            responder: { request, writer, channel in
                let reply = await responder.respond(to: request) {
                    try await ConnectionRules.proceed(channel)
                }
                replies.begin(reply.body, on: channel)
                defer { replies.end(channel) }
                try await writer.write(
                    response: HTTPResponse(status: reply.status, headerFields: reply.headers),
                    body: request.method == .head
                        ? ResponseBody() : ResponseBody(reply.body, on: channel))
                try await ConnectionGuard.waitUntilTaken(channel)
            },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [MalformedRequestHandler(), ReloadRequestHandler()],
                idleTimeout: limits.idleTimeout,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.maximumHeaderBytes,
                    maxHeaderListSize: limits.maximumHeaderBytes,
                    maxHeaderFieldCount: 100)))
    }

    private func serve(
        _ connections: AsyncStream<Connection>, from first: any Channel, _ clients: Clients
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await listen(after: first, clients)
                clients.connecting.finish()
            }
            for await connection in connections {
                let loop = LoopExecutor(connection.channel.eventLoop)
                group.addTask(executorPreference: loop) {
                    await clients.http.handle(value: connection, logger: quietLogger)
                }
            }
            stop(clients, grace: limits.shutdownGrace)
            try? await clients.registry.waitUntilDrained()
            // A source that hangs must not hang the shutdown with it.
            group.cancelAll()
        }
    }

    /// May be called more than once.
    private func stop(_ clients: Clients, grace: TimeAmount) {
        listener.close()
        clients.keeper.stop()
        clients.registry.quiesce()
        eventLoopGroup.next().scheduleTask(in: grace) { clients.registry.closeAll() }
    }

    /// Hummingbird tells of every connection that a client breaks off; nobody asked.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension ResponseBody {
    /// Sends the bytes part by part, each when the kernel has taken the one before: a client that reads slowly
    /// holds one part of its own. NIO's writer alone would take any number of parts from another thread
    /// before the event loop has seen the first.
    fileprivate init(_ bytes: ReplyBytes, on channel: any Channel) {
        guard bytes.data.count > WaitingReplies.partBytes else {
            self.init(byteBuffer: ByteBuffer(bytes: bytes.data))
            return
        }
        self.init(contentLength: bytes.data.count) { writer in
            var rest = bytes.data[...]
            while !rest.isEmpty {
                let part = rest.prefix(WaitingReplies.partBytes)
                try await writer.write(ByteBuffer(bytes: part))
                try await ConnectionGuard.waitUntilTaken(channel)
                rest = rest.dropFirst(part.count)
            }
            try await writer.finish(nil)
        }
    }
}
