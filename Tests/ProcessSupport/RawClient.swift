// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A client that sends and reads bytes as it likes.
public final class RawClient: @unchecked Sendable {
    public struct Failure: Error {
        public let code: Int32
    }

    fileprivate let descriptor: Int32

    public init(_ path: String, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if status != 0 { throw Failure(code: errno) }
    }

    deinit { close(descriptor) }

    /// Sends as much as the server takes at once.
    public func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    /// Sends all of it, or as much as goes before the server closes.
    public func sendAll(_ bytes: [UInt8]) async throws {
        try await onOwnThread { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Tells the server that nothing more comes.
    public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits for the next reply's body, which is a line; false when the connection ends first.
    public func readLineNow() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var text: [UInt8] = []
        while !text.hasSuffix("}\n") {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            text += buffer[..<count]
        }
        return true
    }

    /// Everything until the server closes the connection.
    public func readToEnd() async throws -> String {
        try await read { _ in false }
    }

    /// What is there first: something, unless the server closes the connection.
    public func readSome() async throws -> String {
        try await read { !$0.isEmpty }
    }

    /// Everything until the text ends with `suffix`, or the server closes the connection.
    public func read(until suffix: String) async throws -> String {
        let suffix = Array(suffix.utf8)
        return try await read { $0.suffix(suffix.count).elementsEqual(suffix) }
    }

    /// Whether something has come that was not read yet.
    public var hasAnswer: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
    }

    /// Whether the server has closed the connection by now.
    public var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    private func read(
        until isDone: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> String {
        try await onOwnThread { [descriptor] in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while !isDone(all) {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                // Far above what any test waits for: a server that hangs fails the test.
                guard poll(&waiting, 1, 20_000) == 1 else { throw Failure(code: ETIMEDOUT) }
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count <= 0 { break }
                all += buffer[..<count]
            }
            return String(decoding: all, as: UTF8.self)
        }
    }
}

extension RawClient {
    /// Whether the server has closed the connection, even when there is more to read.
    public var hasHungUp: Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        poll(&state, 1, 0)
        return state.revents & Int16(POLLHUP) != 0
    }
}

/// Runs what waits in system calls on a thread of its own, not on one that others need.
public func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount
            && suffix(text.utf8CodeUnitCount).elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
