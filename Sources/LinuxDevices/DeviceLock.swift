// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Keeps a second forwarder away from an interface: two would send every frame twice. Control thread.
///
/// A listening socket in Linux's abstract namespace, which belongs to the network namespace as the interface
/// does, is gone when the process is, and tells who holds it: unix(7). The interface's index is its name, since
/// an interface may have several names.
public final class DeviceLock: Sendable {
    /// Another process, or another port of this one, has the interface.
    public struct Taken: Error, Sendable {
        /// nil where that cannot be found out.
        public let holder: Int32?
        /// Whose process it is.
        public let user: UInt32?
    }

    private let socket: Int32

    /// - Throws: ``Taken``. Where the kernel has no such sockets, or none left, nothing is locked.
    public init(interface index: Int32) throws(Taken) {
        let address = Self.address(index)
        let socket = Self.open()
        let status = socket < 0 ? -1 : Self.call(Glibc.bind, socket, address)
        let isTaken = status != 0 && errno == EADDRINUSE
        if status == 0 {
            listen(socket, 16)
        } else if socket >= 0 {
            close(socket)
        }
        self.socket = status == 0 ? socket : -1
        if isTaken { throw Self.holder(address) }
    }

    deinit { if socket >= 0 { close(socket) } }

    private static func open() -> Int32 {
        Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
        )
    }

    /// `struct sockaddr_un` with a name that starts with a zero byte.
    private static func address(_ index: Int32) -> [UInt8] {
        withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + [0]
            + Array("freeway/interface/\(index)".utf8)
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: Int32,
        _ address: [UInt8]
    ) -> Int32 {
        address.withUnsafeBytes {
            function(
                socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(address.count))
        }
    }

    /// Asks the socket that has the name whose it is.
    private static func holder(_ address: [UInt8]) -> Taken {
        let socket = open()
        guard socket >= 0 else { return Taken(holder: nil, user: nil) }
        defer { close(socket) }
        var credentials = clinux_credentials()
        var length = socklen_t(MemoryLayout<clinux_credentials>.size)
        guard call(Glibc.connect, socket, address) == 0,
            getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0
        else { return Taken(holder: nil, user: nil) }
        return Taken(holder: credentials.process, user: credentials.user)
    }
}

extension DeviceLock.Taken: CustomStringConvertible {
    /// What stands behind the name of the interface in an error.
    public var description: String {
        guard let holder else { return "another forwarder has it" }
        if holder == getpid() { return "another port of this configuration has it" }
        let name = Self.name(of: holder).map { " (\($0))" } ?? ""
        return "process \(holder)\(name) has it; stop that first"
    }

    private static func name(of process: Int32) -> String? {
        guard let file = fopen("/proc/\(process)/comm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(
            decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self)
    }
}
