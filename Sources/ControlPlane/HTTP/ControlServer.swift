// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// The HTTP server on the control socket.
///
/// Nothing that a client does holds up the forwarder or another client: ``ControlLimits`` says
/// what each may take. A graceful shutdown, or the cancellation of the task, removes the socket
/// file first, drops idle connections at once, and all others after the grace time.
public struct ControlServer<Source: ControlSource>: Service {
    private let listener: ControlListener
    private let source: Source
    private let limits: ControlLimits
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger

    /// - Parameter eventLoopGroup: its threads should have no worker's CPU. By default NIO's own,
    ///   which is made at its first use, with the affinity of the thread that uses it then.
    public init(
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
    public func run() async throws {
        defer { listener.close() }
        guard let descriptor = listener.takeDescriptor() else { return }
        let registry = ConnectionRegistry(
            maximum: limits.connectionsInForce, eventLoop: eventLoopGroup.next(), logger: logger)
        let http = makeHTTPChannel()
        let server = try await listen(on: descriptor, by: http, registry)
        let keeper = SocketKeeper(
            listener: listener, interval: limits.socketCheckInterval, logger: logger)
        keeper.watch(server.channel)
        logger.info("the control socket is open", metadata: ["path": "\(listener.path)"])
        // Its own task: cancellation must not end the sequence of connections before each of
        // them has been handled, or NIO stops the process.
        let serving = Task { await serve(server, by: http, registry, keeper) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serving.value
            } onGracefulShutdown: {
                stop(keeper, registry, grace: limits.shutdownGrace)
            }
        } onCancel: {
            stop(keeper, registry, grace: .zero)
        }
        logger.debug("the control socket is closed", metadata: ["path": "\(listener.path)"])
    }

    private func listen(
        on descriptor: Int32, by http: HTTP1Channel, _ registry: ConnectionRegistry
    ) async throws -> NIOAsyncChannel<HTTP1Channel.Value, Never> {
        try await ServerBootstrap(group: eventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionGuard(limits: limits, registry: registry))
                }.flatMap {
                    http.setup(channel: channel, logger: quietLogger)
                }.map { connection in
                    registry.enter(channel)
                    return connection
                }
            }
    }

    private func makeHTTPChannel() -> HTTP1Channel {
        let responder = ControlResponder(source: source, limits: limits, logger: logger)
        return HTTP1Channel(
            responder: { request, writer, _ in
                let response = await responder.respond(to: request)
                try await writer.write(response: response.head, body: response.body)
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
        _ first: NIOAsyncChannel<HTTP1Channel.Value, Never>, by http: HTTP1Channel,
        _ registry: ConnectionRegistry, _ keeper: SocketKeeper
    ) async {
        await withDiscardingTaskGroup { group in
            var server = first
            do {
                while true {
                    try await server.executeThenClose { connections in
                        for try await connection in connections {
                            group.addTask {
                                await http.handle(value: connection, logger: quietLogger)
                            }
                        }
                    }
                    // Where the socket was made again, there is another one to listen on.
                    guard let descriptor = listener.takeDescriptor() else { break }
                    server = try await listen(on: descriptor, by: http, registry)
                    keeper.watch(server.channel)
                }
            } catch {
                logger.error("the control socket failed", metadata: ["error": "\(error)"])
            }
            stop(keeper, registry, grace: limits.shutdownGrace)
            try? await registry.waitUntilDrained()
            // A source that hangs must not hang the shutdown with it.
            group.cancelAll()
        }
    }

    /// May be called more than once.
    private func stop(
        _ keeper: SocketKeeper, _ registry: ConnectionRegistry, grace: TimeAmount
    ) {
        listener.close()
        keeper.stop()
        registry.quiesce()
        eventLoopGroup.next().scheduleTask(in: grace) { registry.closeAll() }
    }

    /// Hummingbird tells of every connection that a client breaks off; nobody asked.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
