// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct HTTPListenerTests {
    private let directory: TemporaryFolder
    private var path: String { directory.path + "/freeway.sock" }

    init() throws { directory = try TemporaryFolder() }

    private func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// What a daemon that was killed leaves behind.
    private func makeStaleSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let address = try #require(UnixSocketAddress(path))
        #expect(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
    }

    private func error(
        _ path: String, group: String? = nil
    ) -> ControlSocketError? {
        do throws(ControlSocketError) {
            _ = try ControlListener.claim(path: path, group: group)
            return nil
        } catch {
            return error
        }
    }

    @Test func hasItsModeAndGoesAway() throws {
        let listener = try ControlListener.claim(path: path)
        #expect(try #require(status(path)).st_mode == S_IFSOCK | 0o660)
        listener.close()
        listener.close()
        #expect(status(path) == nil)
    }

    @Test func goesAwayWithItsLastReference() throws {
        do { _ = try ControlListener.claim(path: path) }
        #expect(status(path) == nil)
    }

    @Test(.enabled(if: geteuid() == 0)) func belongsToItsGroup() throws {
        let listener = try ControlListener.claim(path: path, group: "daemon")
        #expect(try #require(status(path)).st_gid == getgrnam("daemon").pointee.gr_gid)
        listener.close()
    }

    @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0))
    func admitsTheGroupAndNobodyElse() async throws {
        chmod(directory.path, 0o755)
        let listener = try ControlListener.claim(path: path, group: "daemon")
        defer { listener.close() }
        let member = getgrnam("daemon").pointee.gr_gid
        // curl: 7 is no connection; 28 a connection, but no server yet that would answer.
        for (group, expected) in [(member, Int32(28)), (65_534, 7)] {
            let command = try await Command.run([
                "setpriv", "--reuid=65534", "--regid=\(group)", "--clear-groups",
                "curl", "-s", "--max-time", "0.2", "--unix-socket", path, "http://localhost/",
            ])
            #expect(command.status == expected)
        }
    }

    /// Looks at the file all the time while it is made again and again.
    @Test func isNeverWiderThanItsFinalMode() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            let observer = Observer()
            group.addTask {
                try await onOwnThread { observer.watch(path) }
            }
            for _ in 0..<300 { try ControlListener.claim(path: path).close() }
            observer.stop()
            try await group.waitForAll()
            #expect(observer.widest & ~0o660 == 0)
        }
    }

    @Test func takesOverWhatADeadProcessLeft() throws {
        try makeStaleSocket(path)
        let listener = try ControlListener.claim(path: path)
        #expect(throws: Never.self) { try RawClient(path) }
        listener.close()
    }

    @Test func refusesALiveOneWithItsProcess() throws {
        let listener = try ControlListener.claim(path: path)
        #expect(error(path) == .inUse(path: path, pid: getpid()))
        #expect(
            error(path)?.description == """
                \(path): a running forwarder (pid \(getpid())) owns this socket; \
                stop it, or give another path with --socket
                """)
        #expect(status(path) != nil)
        listener.close()
    }

    @Test func refusesALiveOneWhoseBacklogIsFull() throws {
        let listener = try ControlListener.claim(path: path)
        let address = try #require(UnixSocketAddress(path))
        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        var code: Int32 = 0
        repeat {
            let client = socket(
                AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            clients.append(client)
            code = address.withSocketAddress { connect(client, $0, $1) } == 0 ? 0 : errno
        } while code == 0
        #expect(code == EAGAIN)
        #expect(error(path) == .inUse(path: path, pid: nil))
        listener.close()
    }

    @Test func refusesWhatIsNoSocket() throws {
        _ = FileManager.default.createFile(atPath: path, contents: Data("keep me".utf8))
        #expect(error(path) == .notASocket(path: path))
        #expect(FileManager.default.contents(atPath: path) == Data("keep me".utf8))
        #expect(error(directory.path) == .notASocket(path: directory.path))
        let link = directory.path + "/link"
        symlink("/nowhere", link)
        #expect(error(link) == .notASocket(path: link))
    }

    @Test func refusesPathsThatCannotBe() {
        #expect(error("") == .emptyPath)
        let long = directory.path + "/" + String(repeating: "a", count: 107)
        #expect(error(long) == .pathTooLong(path: long, bytes: long.utf8.count))
        let missing = directory.path + "/a/b/s"
        #expect(
            error(missing)
                == .missingDirectory(path: missing, directory: directory.path + "/a/b"))
        #expect(
            error(missing)?.description == """
                \(missing): the directory \(directory.path)/a/b does not exist; \
                make it, or give another path
                """)
    }

    @Test func takesAPathOf107Bytes() throws {
        let name = String(repeating: "a", count: 107 - directory.path.utf8.count - 1)
        let longest = directory.path + "/" + name
        let listener = try ControlListener.claim(path: longest)
        #expect(throws: Never.self) { try RawClient(longest) }
        listener.close()
    }

    @Test func makesItsOwnDirectory() throws {
        let own = directory.path + "/run"
        let listener = try ControlListener.claim(
            path: own + "/s", group: nil, directoryToMake: own)
        #expect(status(own + "/s") != nil)
        listener.close()
    }

    @Test func refusesAnUnknownGroup() {
        #expect(error(path, group: "no-such-group") == .unknownGroup(name: "no-such-group"))
        #expect(status(path) == nil)
    }

    @Test func leavesSomebodyElsesFileAlone() throws {
        let listener = try ControlListener.claim(path: path)
        unlink(path)
        let successor = try ControlListener.claim(path: path)
        listener.close()
        #expect(status(path) != nil)
        successor.close()
        #expect(status(path) == nil)
    }

    @Test func oneOfManyAtOnceGetsAStaleSocket() async throws {
        let path = path
        for _ in 0..<20 {
            try makeStaleSocket(path)
            let winners = try await withThrowingTaskGroup(of: ControlListener?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await onOwnThread { try? ControlListener.claim(path: path) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(winners.count == 1)
            for winner in winners { winner.close() }
        }
    }
}

/// Collects every mode bit that a file ever has.
private final class Observer: Sendable {
    private let bits = Atomic<UInt32>(0)
    private let isStopped = Atomic(false)

    var widest: UInt32 { bits.load(ordering: .acquiring) }

    func watch(_ path: String) {
        var status = stat()
        while !isStopped.load(ordering: .relaxed) {
            if lstat(path, &status) == 0 {
                bits.bitwiseOr(status.st_mode & 0o7777, ordering: .releasing)
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}
