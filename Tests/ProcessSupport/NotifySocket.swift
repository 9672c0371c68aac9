// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// systemd's end of `sd_notify`: what a service reports of itself.
public final class NotifySocket: Sendable {
    public let path: String
    private let descriptor: Int32

    public init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if status != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        chmod(path, 0o777)
    }

    deinit { close(descriptor) }

    /// Waits for a message that has a line; others before it are passed over.
    /// - Returns: false when the time is over.
    public func receives(_ line: String, within limit: Duration = .seconds(30)) async -> Bool {
        await firstAnswer(within: limit) {
            while let message = next() {
                if message.split(separator: "\n").contains(Substring(line)) { return true }
            }
            return nil
        } ?? false
    }

    /// The lines of all messages that have come and were not asked for.
    public func pending() -> [String] {
        var lines: [String] = []
        while let message = next() { lines += message.split(separator: "\n").map(String.init) }
        return lines
    }

    private func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
