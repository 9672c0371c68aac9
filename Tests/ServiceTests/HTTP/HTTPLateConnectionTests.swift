// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dispatch
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Service

/// Connections that are accepted on the socket's thread and made ready on another, while the socket is closed.
@Suite(.serialized) struct HTTPLateConnectionTests {
    private static let request = "GET /v1/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    /// A thread that does nothing else until it is let go.
    private struct Held {
        private let end = DispatchSemaphore(value: 0)

        init(_ loop: any EventLoop) async throws {
            let begun = DispatchSemaphore(value: 0)
            loop.execute { [end] in
                begun.signal()
                end.wait()
            }
            try await onOwnThread { begun.wait() }
        }

        func release() { end.signal() }
    }

    /// What the server logs.
    private final class Words: LogHandler, Sendable {
        private let all = Mutex<[String]>([])

        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .warning }
            set {}
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) { all.withLock { $0.append("\(event.message)") } }

        func has(_ part: String) -> Bool { all.withLock { $0.contains { $0.contains(part) } } }
    }

    private struct Threads {
        /// Makes a fourth of the connections ready, and does nothing else.
        let spare: any EventLoop
        /// Without which nobody is answered: the socket's, and that which deals connections out.
        let needed: [any EventLoop]
    }

    /// Gives a server with four threads, and stops it.
    private func serve(
        _ body: (
            _ path: String, _ threads: Threads, _ log: Words, _ stop: () async -> Void
        ) async throws -> Void
    ) async throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 4)
        let directory = try TemporaryFolder()
        let path = directory.path + "/s"
        let words = Words()
        let logger = Logger(label: "test") { _ in words }
        var limits = ControlLimits()
        limits.socketCheckInterval = .milliseconds(10)
        let server = ControlServer(
            listener: try ControlListener.claim(path: path), source: SampleSource(),
            limits: limits, eventLoopGroup: threads, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        async let running: Void = group.run()
        try await ControlClient.patient(path).waitForAnswer()
        try await body(path, try await distinguish(threads, path), words) {
            await group.triggerGracefulShutdown()
        }
        await group.triggerGracefulShutdown()
        try await running
        try await threads.shutdownGracefully()
    }

    private func distinguish(
        _ threads: MultiThreadedEventLoopGroup, _ path: String
    ) async throws -> Threads {
        var (spare, needed): ([any EventLoop], [any EventLoop]) = ([], [])
        for loop in threads.makeIterator() {
            let held = try await Held(loop)
            let clients = try sendFour(path)
            let deadline = FairDeadline(after: .seconds(1))
            while !clients.contains(where: \.hasAnswer), !deadline.isOver { await Task.yield() }
            if clients.contains(where: \.hasAnswer) {
                spare.append(loop)
            } else {
                needed.append(loop)
            }
            held.release()
            for client in clients { _ = try await client.readToEnd() }
        }
        return Threads(spare: try #require(spare.first), needed: needed)
    }

    /// One for each thread.
    private func sendFour(_ path: String) throws -> [RawClient] {
        let clients = try (0..<4).map { _ in try RawClient(path) }
        for client in clients { client.send(Self.request) }
        return clients
    }

    /// Connects some clients, and gives those for the thread that is held, once they have been accepted.
    private func connect(_ path: String) async throws -> [RawClient] {
        var waiting: [RawClient] = []
        for _ in 0..<4 {
            let clients = try sendFour(path)
            await wait(for: "the answers of the other threads") {
                clients.count { $0.hasAnswer } == 3
            }
            waiting += clients.filter { !$0.hasAnswer }
        }
        #expect(waiting.count == 4)
        // The last may still be in the socket's queue.
        return waiting.dropLast()
    }

    /// The socket's thread finds that the file is gone, closes the socket, and then finds connections that another
    /// thread has made ready.
    @Test func givenASocketThatIsMadeAgainMeanwhileTheServerGoesOn() async throws {
        try await serve { path, threads, log, _ in
            let spare = try await Held(threads.spare)
            let clients = try await connect(path)
            var needed: [Held] = []
            for loop in threads.needed { needed.append(try await Held(loop)) }
            let held = ContinuousClock.now
            unlink(path)
            spare.release()
            try await threads.spare.submit {}.get()
            await wait(for: "the time to look for the file") {
                ContinuousClock.now - held > .milliseconds(50)
            }
            for held in needed { held.release() }
            await wait(for: "the socket to be made again") { log.has("it was made again") }
            // They are answered or closed, and not left alone.
            for client in clients { _ = try await client.readToEnd() }
            for client in try sendFour(path) {
                #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test func givenAServerThatStopsMeanwhileItEnds() async throws {
        try await serve { path, threads, _, stop in
            let spare = try await Held(threads.spare)
            let clients = try await connect(path)
            await stop()
            await wait(for: "the end of the socket") { access(path, F_OK) != 0 }
            spare.release()
            for client in clients { _ = try await client.readToEnd() }
        }
    }
}
