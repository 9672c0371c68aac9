// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import Logging
import NIOCore
import ProcessSupport
import Service
import TestSupport
import Testing

@Suite(.serialized) struct HTTPShutdownTests {
    private static let request = "GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
    /// A stop takes 0.01 s, and 0.25 s with a stuck client; this is for a machine under load, and
    /// still below every timeout that a server without a prompt stop would wait for.
    private static let limit = Duration.seconds(5)

    @Test func idleConnectionsAreDroppedAtOnce() async throws {
        var limits = ControlLimits()
        limits.shutdownGrace = .hours(1)
        var clients: [RawClient] = []
        var socketPath = ""
        // With idle connections alone, the server does not wait for the grace time.
        let elapsed = try await withServer(limits: limits) { path in
            socketPath = path
            clients = try (0..<100).map { _ in try RawClient(path) }
            for client in clients.prefix(50) {
                client.send(Self.request)
                #expect(try await client.read(until: "}\n").contains("200 OK"))
            }
            // Half a header is no request yet.
            clients[99].send("GET /v1")
        }
        #expect(elapsed < Self.limit)
        for client in clients { #expect(client.isClosed) }
        #expect(access(socketPath, F_OK) != 0)
    }

    @Test func stuckClientDoesNotDelayTheStop() async throws {
        let source = SampleSource(configText: String(repeating: "x", count: 4_000_000))
        var clients: [RawClient] = []
        let elapsed = try await withServer(source: source) { path in
            clients = try (0..<100).map { _ in try RawClient(path) }
            let stuck = try RawClient(path, receiveBuffer: 4096)
            stuck.send(Self.request)
            #expect(try await stuck.readSome().hasPrefix("HTTP/1.1 200 OK"))
            clients.append(stuck)
        }
        #expect(elapsed < Self.limit)
    }

    @Test func sourceThatHangsDoesNotDelayTheStop() async throws {
        let (entered, entering) = AsyncStream<Void>.makeStream()
        let source = SampleSource(beforeWorkers: {
            entering.yield()
            try await Task.sleep(for: .seconds(3600))
        })
        var client: RawClient?
        let elapsed = try await withServer(source: source) { path in
            client = try RawClient(path)
            client?.send("GET /v1/workers HTTP/1.1\r\nHost: x\r\n\r\n")
            for await _ in entered { break }
        }
        #expect(elapsed < Self.limit)
        #expect(client?.isClosed == true)
    }

    @Test func replyUnderWayIsFinished() async throws {
        let (entered, entering) = AsyncStream<Void>.makeStream()
        let (released, releasing) = AsyncStream<Void>.makeStream()
        var limits = ControlLimits()
        limits.shutdownGrace = .hours(1)
        let source = SampleSource(beforeWorkers: {
            entering.yield()
            for await _ in released { break }
        })
        var reply: Task<String, any Error>?
        try await withServer(source: source, limits: limits) { path in
            let client = try RawClient(path)
            client.send("GET /v1/workers HTTP/1.1\r\nHost: x\r\n\r\n")
            for await _ in entered { break }
            reply = Task {
                // The file is gone: the server is stopping.
                try await HTTPHostileClientTests.waitUntil { access(path, F_OK) != 0 }
                releasing.yield()
                return try await client.readToEnd()
            }
        }
        #expect(try await reply?.value.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
    }

    @Test func cancellationStopsTheServer() async throws {
        let directory = try TemporaryFolder()
        let path = directory.path + "/s"
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = ControlServer(
            listener: try ControlListener.claim(path: path), source: SampleSource(),
            logger: logger)
        let running = Task { try await server.run() }
        let clients = try (0..<100).map { _ in try RawClient(path) }
        _ = try await ControlClient.patient(path).get(.version)
        let begin = ContinuousClock.now
        running.cancel()
        try await running.value
        #expect(begin.duration(to: .now) < Self.limit)
        for client in clients { #expect(client.isClosed) }
        #expect(access(path, F_OK) != 0)
    }
}
