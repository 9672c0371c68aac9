// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The control socket: bound, listening, with its final mode and group.
///
/// Clients may connect from the moment ``claim(path:group:)`` returns; they wait until
/// ``ControlServer`` runs. Whoever does not run a server calls ``close()``, which removes the file.
public final class ControlListener: Sendable {
    public let path: String
    private let owner: gid_t?
    private let directoryToMake: String
    private let descriptor: Mutex<Int32?>
    /// Held while the file is made or removed.
    private let file: Mutex<File>

    private struct File {
        /// What was made: a file of the same name by somebody else is left alone.
        var identity: FileIdentity
        var isClosed = false
    }

    private init(path: String, owner: gid_t?, directoryToMake: String, _ opened: Opened) {
        self.path = path
        self.owner = owner
        self.directoryToMake = directoryToMake
        file = Mutex(File(identity: opened.identity))
        descriptor = Mutex(opened.descriptor)
    }

    /// Opens the socket with mode 0660. A socket that a dead process left is taken over; one on
    /// which anybody answers is refused.
    ///
    /// At no moment can anyone else than the owner connect: the socket starts to listen after it
    /// has its mode and group.
    ///
    /// - Parameter group: the group that may connect; `nil` keeps the process's own.
    public static func claim(
        path: String, group: String? = nil
    ) throws(ControlSocketError) -> ControlListener {
        try claim(path: path, group: group, directoryToMake: "/run/freeway")
    }

    static func claim(
        path: String, group: String?, directoryToMake: String
    ) throws(ControlSocketError) -> ControlListener {
        guard !path.isEmpty else { throw .emptyPath }
        let address = try address(of: path)
        let owner = try group.map { name throws(ControlSocketError) in
            guard let identifier = SystemGroup.identifier(name) else {
                throw .unknownGroup(name: name)
            }
            return identifier
        }
        let directory = directoryPart(of: path)
        if directory == directoryToMake { mkdir(directory, 0o755) }
        guard let lock = DirectoryLock(directory: directory) else {
            throw .directoryLocked(path: path, directory: directory)
        }
        defer { lock.release() }
        try removeStaleSocket(path: path, directory: directory, address: address)
        return ControlListener(
            path: path, owner: owner, directoryToMake: directoryToMake,
            try open(path: path, address: address, owner: owner))
    }

    /// Removes the file, if it is still the one that was made, and closes the socket unless a
    /// server has taken it. May be called more than once.
    public func close() {
        file.withLock { file in
            file.isClosed = true
            if let lock = DirectoryLock(directory: Self.directoryPart(of: path)) {
                if FileIdentity(path: path) == file.identity { unlink(path) }
                lock.release()
            }
        }
        if let descriptor = takeDescriptor() { Glibc.close(descriptor) }
    }

    /// What has become of the file.
    enum Upkeep: Equatable {
        /// It is there; or the listener is closed, and it need not be.
        case present
        /// It was gone and is there again: ``takeDescriptor()`` has a new socket.
        case remade
        /// Somebody else's file has its name.
        case replaced
        /// It is gone and cannot be made.
        case missing(ControlSocketError)
    }

    /// Makes the socket again where its file is gone. Clients that are connected stay so; the old socket
    /// is one that nobody can find. Any thread; does not wait.
    func keepUp() -> Upkeep {
        file.withLock { file in
            guard !file.isClosed else { return .present }
            if let found = FileIdentity(path: path) {
                return found == file.identity ? .present : .replaced
            }
            let directory = Self.directoryPart(of: path)
            if directory == directoryToMake { mkdir(directory, 0o755) }
            guard let lock = DirectoryLock(directory: directory, milliseconds: 0) else {
                return .missing(.directoryLocked(path: path, directory: directory))
            }
            defer { lock.release() }
            do throws(ControlSocketError) {
                guard access(directory, F_OK) == 0 else {
                    throw .missingDirectory(path: path, directory: directory)
                }
                let opened = try Self.open(
                    path: path, address: try Self.address(of: path), owner: owner)
                file.identity = opened.identity
                if let unused = descriptor.withLock({ old in
                    defer { old = opened.descriptor }
                    return old
                }) {
                    Glibc.close(unused)
                }
                return .remade
            } catch {
                return .missing(error)
            }
        }
    }

    /// Whether the path leads to this socket: nobody removed the file, or put another one there. Any thread.
    var isInPlace: Bool { file.withLock { FileIdentity(path: path) == $0.identity } }

    /// Hands the listening socket over, once: the caller closes it.
    func takeDescriptor() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }

    deinit {
        // Only a listener that no server took still has its descriptor here.
        if descriptor.withLock({ $0 }) != nil { close() }
    }

    private static func removeStaleSocket(
        path: String, directory: String, address: UnixSocketAddress
    ) throws(ControlSocketError) {
        guard let existing = FileIdentity(path: path) else {
            let code = errno
            if code != ENOENT { throw .failure("look at it", path, code) }
            guard access(directory, F_OK) == 0 else {
                throw .missingDirectory(path: path, directory: directory)
            }
            return
        }
        guard existing.isSocket else { throw .notASocket(path: path) }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | openFlags, 0)
        guard probe >= 0 else { throw .failure("create a socket", path, errno) }
        defer { Glibc.close(probe) }
        let status = address.withSocketAddress { connect(probe, $0, $1) }
        let code = errno
        if status == 0 { throw .inUse(path: path, pid: peerIdentifier(of: probe)) }
        switch code {
        case ENOENT: return
        case ECONNREFUSED:
            guard unlink(path) == 0 || errno == ENOENT else {
                throw .failure("remove the socket that a dead process left", path, errno)
            }
        // Nobody accepts, but there is somebody: the backlog is full.
        case EAGAIN, EINPROGRESS: throw .inUse(path: path, pid: nil)
        // A socket of another type has an owner that is not ours to judge.
        case EPROTOTYPE: throw .inUse(path: path, pid: nil)
        default: throw .failure("connect to the socket that exists", path, code)
        }
    }

    private static func address(
        of path: String
    ) throws(ControlSocketError) -> UnixSocketAddress {
        // `./` keeps a relative name that starts with `@` from being an abstract one.
        guard let address = UnixSocketAddress(path.hasPrefix("@") ? "./\(path)" : path) else {
            throw .pathTooLong(path: path, bytes: path.utf8.count)
        }
        return address
    }

    /// A listening socket and its file.
    private struct Opened {
        let identity: FileIdentity
        let descriptor: Int32
    }

    private static func open(
        path: String, address: UnixSocketAddress, owner: gid_t?
    ) throws(ControlSocketError) -> Opened {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | openFlags, 0)
        guard descriptor >= 0 else { throw .failure("create a socket", path, errno) }
        var isFinished = false
        defer { if !isFinished { Glibc.close(descriptor) } }
        // The file gets the mode of the socket's inode, so that it is never wider than this.
        guard fchmod(descriptor, 0o600) == 0 else { throw .failure("set its mode", path, errno) }
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
            throw .failure("create it", path, errno)
        }
        guard let identity = FileIdentity(path: path) else {
            throw .failure("look at it", path, errno)
        }
        defer { if !isFinished, FileIdentity(path: path) == identity { unlink(path) } }
        if let owner, lchown(path, uid_t.max, owner) != 0 {
            throw .failure("give it to its group", path, errno)
        }
        guard chmod(path, 0o660) == 0 else { throw .failure("set its mode", path, errno) }
        guard listen(descriptor, backlog) == 0 else { throw .failure("listen on it", path, errno) }
        isFinished = true
        return Opened(identity: identity, descriptor: descriptor)
    }

    /// Clients that may wait to be accepted; Linux allows no more than `net.core.somaxconn`.
    private static let backlog: Int32 = 4096

    private static var openFlags: Int32 {
        Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    }

    private static func directoryPart(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The process that called `listen` (`SO_PEERCRED`).
    private static func peerIdentifier(of descriptor: Int32) -> Int32? {
        // `struct ucred` (pid, uid, gid), which Glibc's module does not show.
        var credentials: [Int32] = [0, 0, 0]
        var length = socklen_t(3 * MemoryLayout<Int32>.size)
        let status = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        return status == 0 && credentials[0] > 0 ? credentials[0] : nil
    }
}
