// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why the control socket cannot be opened. The description names the path and the way out.
public enum ControlSocketError: Error, Equatable, Sendable {
    case emptyPath
    case pathTooLong(path: String, bytes: Int)
    case missingDirectory(path: String, directory: String)
    case notASocket(path: String)
    /// Another process answers on it.
    case inUse(path: String, pid: Int32?)
    /// Another process opens a socket in the same directory and does not get done.
    case directoryLocked(path: String, directory: String)
    case unknownGroup(name: String)
    case notPermitted(path: String, operation: String)
    case systemCall(path: String, operation: String, code: Int32)

    /// The process's exit code: 77 permission, 78 bad configuration, 73 cannot be created.
    public var exitCode: Int32 {
        switch self {
        case .emptyPath, .pathTooLong, .unknownGroup: 78
        case .notPermitted: 77
        case .missingDirectory, .notASocket, .inUse, .directoryLocked, .systemCall: 73
        }
    }

    static func failure(_ operation: String, _ path: String, _ code: Int32) -> ControlSocketError {
        code == EACCES || code == EPERM
            ? .notPermitted(path: path, operation: operation)
            : .systemCall(path: path, operation: operation, code: code)
    }
}

extension ControlSocketError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyPath:
            "the control socket's path is empty; give one with --socket or control.socket"
        case .pathTooLong(let path, let bytes):
            """
            \(path): the control socket's path has \(bytes) bytes; \
            Linux allows \(UnixSocketAddress.maximumPathBytes)
            """
        case .missingDirectory(let path, let directory):
            "\(path): the directory \(directory) does not exist; make it, or give another path"
        case .notASocket(let path):
            "\(path): exists and is not a socket; remove it, or give another path with --socket"
        case .inUse(let path, let pid?):
            """
            \(path): a running forwarder (pid \(pid)) owns this socket; \
            stop it, or give another path with --socket
            """
        case .inUse(let path, nil):
            """
            \(path): a running process owns this socket; \
            stop it, or give another path with --socket
            """
        case .directoryLocked(let path, let directory):
            """
            \(path): another process keeps \(directory) locked; \
            wait for it, or give a path in another directory
            """
        case .unknownGroup(let name):
            "control.group: \(SystemGroup.absence(name).lack); create it with "
                + "\(SystemGroup.absence(name).remedy), or name another"
        case .notPermitted(let path, let operation):
            "\(path): no permission to \(operation); run as root, or give another path"
        case .systemCall(let path, let operation, let code):
            "\(path): cannot \(operation): \(String(cString: strerror(code)))"
        }
    }
}
