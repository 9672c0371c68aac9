// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Tells systemd how far the service is, by the `sd_notify` protocol: one datagram for each
/// message to the socket that `NOTIFY_SOCKET` names. Without the variable nothing is sent.
///
/// A message that cannot be sent is lost without a word, as with `sd_notify`: a service must work
/// where nobody listens.
public struct SystemdNotifier: Sendable {
    private let socketName: String?
    /// How often ``keepAlive()`` is due: half of what the unit's `WatchdogSec` allows. `nil` when
    /// the unit has no watchdog, or it watches another process.
    public let keepAliveInterval: Duration?

    /// Reads the process's environment.
    public init() {
        self.init { name in getenv(name).map { String(cString: $0) } }
    }

    /// - Parameter environment: looks a variable up.
    init(environment: (String) -> String?) {
        let name = environment("NOTIFY_SOCKET") ?? ""
        socketName = name.hasPrefix("/") || name.hasPrefix("@") ? name : nil
        let watched = environment("WATCHDOG_PID").flatMap { Int32($0) }
        let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        keepAliveInterval =
            socketName != nil && microseconds > 1 && (watched == nil || watched == getpid())
            ? .microseconds(microseconds / 2) : nil
    }

    /// The service does its work from now on.
    public func ready(status: String? = nil) {
        send(["READY=1"] + statusLine(status))
    }

    /// The service has begun to read its configuration again; ``ready(status:)`` says when it is done.
    public func reloading(status: String? = nil) {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
        send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"] + statusLine(status))
    }

    /// The service has begun to stop.
    public func stopping(status: String? = nil) {
        send(["STOPPING=1"] + statusLine(status))
    }

    /// One line for `systemctl status`.
    public func status(_ text: String) {
        send(statusLine(text))
    }

    /// The service is alive. See ``keepAliveInterval``.
    public func keepAlive() {
        send(["WATCHDOG=1"])
    }

    private func statusLine(_ text: String?) -> [String] {
        guard let text else { return [] }
        // A line break would start another assignment.
        return ["STATUS=" + String(text.map { $0.isNewline ? " " : $0 })]
    }

    private func send(_ lines: [String]) {
        guard let socketName, let address = UnixSocketAddress(socketName) else { return }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A receiver that reads nothing must not hold the service up.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let message = Array(lines.joined(separator: "\n").utf8)
        _ = address.withSocketAddress { name, length in
            sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), name, length)
        }
    }
}
