// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A `sockaddr_un`: a path, or an abstract name when the text starts with `@`.
struct UnixSocketAddress {
    /// What `sun_path` holds with its terminating zero.
    static let maximumPathBytes = 107

    private var storage = sockaddr_un()
    private let length: socklen_t

    /// Returns `nil` when the text is empty or longer than ``maximumPathBytes``.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.maximumPathBytes).contains(bytes.count) else { return nil }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        storage.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &storage.sun_path) { path in
            path.copyBytes(from: bytes)
            if isAbstract { path[0] = 0 }
        }
        let header = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        length = socklen_t(header + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Calls `body` with what `bind`, `connect` and `sendto` take.
    func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
