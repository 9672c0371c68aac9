// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// What happens to a daemon's socket file, and what is left of a daemon that was killed.
@Suite struct DaemonSocketFaultTests {
    @Test("a socket file that somebody deletes is back within seconds, and the log says so")
    func deleted() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let connected = try RawClient(daemon.socket)
            connected.send("GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connected.readSome().hasPrefix("HTTP/1.1 200 OK"))
            try FileManager.default.removeItem(atPath: daemon.socket)
            let answer = try await daemon.statsOnceItListens()
            #expect(answer.balanced == true)
            #expect(daemon.process.errors.contains("somebody removed the control socket"))
            let attributes = try FileManager.default.attributesOfItem(atPath: daemon.socket)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
            // Whoever was connected still is.
            connected.send("GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connected.readSome().hasPrefix("HTTP/1.1 200 OK"))
            // And once more, since the watch has to move to the new socket.
            try FileManager.default.removeItem(atPath: daemon.socket)
            let second = try await daemon.statsOnceItListens()
            #expect(second.startedAt == answer.startedAt)
        }
    }

    @Test("somebody else's file in the socket's place stays, and the socket comes back after it")
    func replaced() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            try FileManager.default.removeItem(atPath: daemon.socket)
            try daemon.scratch.write("mine", to: "socket")
            let isTold: Bool? = await firstAnswer {
                daemon.process.errors.contains("another file took the control socket's place")
                    ? true : nil
            }
            // The watch may have been quicker than the test.
            if isTold != true { #expect(daemon.process.errors.contains("was made again")) }
            #expect(try String(contentsOfFile: daemon.socket, encoding: .utf8) == "mine")
            try FileManager.default.removeItem(atPath: daemon.socket)
            let answer = try await daemon.statsOnceItListens()
            #expect(answer.balanced == true)
        }
    }

    @Test(
        "a socket whose folder goes comes back with the folder; the end leaves others' files alone")
    func folder() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let files = FileManager.default
            let folder = scratch.file("run")
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let daemon = try await DaemonProcess.start(
                BusyConfiguration.null(), in: scratch, socket: "run/socket")
            try files.removeItem(atPath: folder)
            let isTold: Bool? = await firstAnswer {
                daemon.process.errors.contains("the directory \(folder) does not exist")
                    ? true : nil
            }
            #expect(isTold == true, "\(daemon.process.errors)")
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let answer = try await daemon.statsOnceItListens()
            #expect(answer.balanced == true)
            try files.removeItem(atPath: daemon.socket)
            try scratch.write("mine", to: "run/socket")
            daemon.process.send(SIGTERM)
            let outcome = try await daemon.process.outcome(within: .seconds(30))
            #expect(outcome.code == 0, "\(outcome)")
            #expect(files.contents(atPath: daemon.socket) == Data("mine".utf8))
        }
    }

    @Test(
        "after SIGKILL the next daemon starts, and what DPDK left of the dead one is gone",
        arguments: ["ordinary", "huge"])
    func killed(pages: String) async throws {
        if pages == "huge", !HugePages.canReserve { return }
        try await MachineTurn.shared.take {
            try await HugePages.with(pages == "huge" ? 128 : 0) {
                let scratch = ScratchFolder()
                let yaml = BusyConfiguration.null() + "memory: {pages: \(pages)}\n"
                let first = try await DaemonProcess.start(yaml, in: scratch)
                let leftover = first.runtimeFolder
                #expect(leftover != nil, "DPDK makes a folder for each process")
                first.process.send(SIGKILL)
                _ = try await first.process.outcome()
                let second = try await DaemonProcess.start(yaml, in: scratch)
                let stats = try await second.stats()
                #expect(stats.balanced)
                #expect(leftover.map { FileManager.default.fileExists(atPath: $0) } == false)
                // Huge pages of the dead are free again: DPDK's files were never in a file system.
                let third = try await second.stop()
                #expect(third.leftovers == [])
            }
        }
    }
}

extension DaemonProcess {
    /// Its statistics, once there is a socket to ask at.
    fileprivate func statsOnceItListens() async throws -> StatsReply {
        let listens: Bool? = await firstAnswer { (try? RawClient(socket)) != nil ? true : nil }
        try #require(listens == true, "nobody listens: \(process.errors)")
        return try await stats()
    }

    /// Where DPDK keeps what belongs to the process.
    fileprivate var runtimeFolder: String? {
        let user = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"].map { "\($0)/dpdk" }
        return ["/var/run/dpdk", user, "/tmp/dpdk"].compactMap { $0 }
            .map { "\($0)/freeway-\(process.pid)" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }
}
