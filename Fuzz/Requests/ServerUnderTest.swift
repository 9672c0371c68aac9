// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import FreewayConfiguration
import Glibc
import Logging
import NIOCore
import Synchronization

@testable import Forwarding
@testable import Service

/// The production control server on a socket of its own, in front of a production forwarder whose workers
/// do not run: statistics, reloads and explanations are real.
struct ServerUnderTest {
    static let shared = ServerUnderTest()

    private let path: String
    private let yaml: String
    private let source: ForwarderStatus

    private init() {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/router.yaml"
        path = "/tmp/freeway-fuzz-\(getpid())"
        do {
            let bytes = try Configuration.contents(of: file)
            yaml = String(decoding: bytes, as: UTF8.self)
            let configuration = try Configuration(yaml: bytes, path: file)
            let plan = try Plan(configuration: configuration, machine: .current())
            let forwarder = try Forwarder(
                configuration, plan, try LiveDevices(configuration, keptDrops: 16).devices)
            var logger = Logger(label: "fuzz")
            logger.logLevel = .critical
            source = ForwarderStatus(
                forwarder: forwarder,
                text: try ConfigurationText(path: file, yaml: bytes, loadedAt: .now),
                version: "fuzz",
                reloading: ForwarderStatus.Reloading(
                    path: file, logger: logger, notifier: SystemdNotifier(), setLog: { _ in }))
            let server = ControlServer(
                listener: try ControlListener.claim(path: path), source: source,
                limits: Self.limits,
                logger: logger)
            Task.detached { try await server.run() }
        } catch {
            fatalError("the server does not start: \(error)")
        }
        atexit { unlink("/tmp/freeway-fuzz-\(getpid())") }
    }

    /// Small, so that inputs reach them.
    private static var limits: ControlLimits {
        var limits = ControlLimits()
        limits.maximumRequestBytes = 3000
        limits.maximumConfigurationBytes = 1500
        limits.maximumExplainBytes = 1000
        limits.maximumHeaderBytes = 1000
        return limits
    }

    var hasAnotherConfiguration: Bool {
        let reply = try? JSONDecoder().decode(
            ConfigReply.self, from: Data(source.text.bytes.data))
        return reply?.yaml != yaml
    }

    func answer(to request: String) -> [UInt8] {
        Array(request.utf8).withUnsafeBytes { answer(to: $0) }
    }

    /// Sends the bytes and the end of them on a new connection, and gives all that comes back.
    func answer(to bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let connection = connected()
        defer { close(connection) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = send(connection, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            // The server may hang up on what is too long.
            if count <= 0 { break }
            rest = rest.dropFirst(count)
        }
        shutdown(connection, Int32(SHUT_WR))
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, 9000)
            // libFuzzer's alarm interrupts.
            if ready < 0, errno == EINTR { continue }
            guard ready == 1 else { fatalError("the connection never ends") }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return reply }
            reply += buffer[..<count]
        }
    }

    private func connected() -> Int32 {
        guard let address = UnixSocketAddress(path) else { fatalError("the path is short") }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = address.withSocketAddress { connect(descriptor, $0, $1) }
        guard status == 0 else { fatalError("nobody listens: \(errno)") }
        return descriptor
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate var baseAddress: UnsafeRawPointer? {
        UnsafeRawBufferPointer(rebasing: self).baseAddress
    }
}
