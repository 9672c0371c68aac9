// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One HTTP/1.1 request and its reply on a Unix socket.
struct HTTPExchange: Sendable {
    let socketPath: String
    let timeLimit: Duration
    let maximumReplyBytes: Int

    struct Request: Sendable {
        var method = HTTPMethod.GET
        var path: String
        var body: Data?
        var contentType = "application/yaml"
    }

    struct Reply: Sendable {
        var status: Int
        var body: Data
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, Never>

    func send(_ request: Request) async throws(ControlClientError) -> Reply {
        guard (1...107).contains(socketPath.utf8.count) else { throw .badPath(path: socketPath) }
        do {
            return try await withThrowingTaskGroup(of: Reply.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    while true {
                        do {
                            return try await exchange(request)
                        } catch let error as IOError where error.errnoCode == EAGAIN {
                            // Too many clients connect at once: there is a server, and it accepts.
                            try await Task.sleep(for: .milliseconds(10))
                        }
                    }
                }
                group.addTask {
                    try await Task.sleep(for: timeLimit)
                    throw ControlClientError.timedOut(
                        path: socketPath, seconds: timeLimit / .seconds(1))
                }
                return try await group.next() ?? Reply(status: 0, body: Data())
            }
        } catch {
            throw clientError(error)
        }
    }

    private func exchange(_ request: Request) async throws -> Reply {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeLimit))
            .connect(unixDomainSocketPath: socketPath) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(RequestWhenConnected(request))
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, _ in try await read(inbound) }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> Reply {
        var reply = Reply(status: 0, body: Data())
        for try await part in inbound {
            switch part {
            case .head(let head): reply.status = Int(head.status.code)
            case .body(let bytes):
                guard reply.body.count + bytes.readableBytes <= maximumReplyBytes else {
                    throw ControlClientError.replyTooLarge(
                        path: socketPath, limit: maximumReplyBytes)
                }
                reply.body.append(contentsOf: bytes.readableBytesView)
            case .end: return reply
            }
        }
        try Task.checkCancellation()
        throw ControlClientError.endedEarly(path: socketPath)
    }

    private func clientError(_ error: any Error) -> ControlClientError {
        switch error {
        case let error as ControlClientError: error
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED where !isSocketOrMissing: .notASocket(path: socketPath)
            case ENOENT, ECONNREFUSED, ENOTDIR: .notRunning(path: socketPath)
            case EACCES, EPERM: .notPermitted(path: socketPath)
            case ECONNRESET, EPIPE: .endedEarly(path: socketPath)
            default: .badReply(path: socketPath, reason: "\(error)")
            }
        case is ChannelError, is CancellationError, HTTPParserError.invalidEOFState:
            .endedEarly(path: socketPath)
        default: .badReply(path: socketPath, reason: "\(error)")
        }
    }

    /// Linux refuses a connection to a file that is no socket with the same error as one to a
    /// socket on which nobody listens.
    private var isSocketOrMissing: Bool {
        var status = stat()
        return stat(socketPath, &status) != 0 || status.st_mode & S_IFMT == S_IFSOCK
    }
}
