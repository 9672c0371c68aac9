// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// A `freeway run` that is ready: its process, its socket, and systemd's end of its notifications.
struct DaemonProcess: Sendable {
    let scratch: ScratchFolder
    let socket: String
    let process: FreewayProcess
    let notify: NotifySocket

    /// Starts a daemon and waits until it says that it is ready.
    static func start(
        _ yaml: String, in scratch: ScratchFolder = ScratchFolder(), through wrapper: [String] = [],
        socket: String = "socket", environment: [String: String] = [:]
    ) async throws -> DaemonProcess {
        let config = try scratch.write(yaml, to: "config.yaml")
        let socket = scratch.file(socket)
        let notify = try NotifySocket(scratch.file("notify-\(UUID().uuidString.prefix(8))"))
        let process = try FreewayProcess(
            ["run", config, "--socket", socket], through: wrapper,
            environment: environment.merging(["NOTIFY_SOCKET": notify.path]) { $1 })
        let daemon = DaemonProcess(
            scratch: scratch, socket: socket, process: process, notify: notify)
        guard await notify.receives("READY=1") else {
            process.send(SIGKILL)
            let outcome = try await process.outcome()
            try #require(Bool(false), "the daemon did not become ready: \(outcome)")
            return daemon
        }
        return daemon
    }

    /// Runs the work with a daemon, which ends with it, while no other test keeps the CPUs busy.
    static func with(
        _ yaml: String, _ work: @Sendable (DaemonProcess) async throws -> Void
    ) async throws {
        try await MachineTurn.shared.take { try await using(yaml, work) }
    }

    /// Runs the work with a daemon, which ends with it.
    static func using(
        _ yaml: String, in scratch: ScratchFolder = ScratchFolder(), through wrapper: [String] = [],
        _ work: (DaemonProcess) async throws -> Void
    ) async throws {
        let daemon = try await start(yaml, in: scratch, through: wrapper)
        do {
            try await work(daemon)
        } catch {
            daemon.process.send(SIGKILL)
            _ = try? await daemon.process.outcome()
            throw error
        }
        let outcome = try await daemon.stop()
        #expect(outcome.leftovers == [])
    }

    /// Ends it as systemd or Ctrl-C would, and checks that the end is clean.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) async throws -> ProcessOutcome {
        process.send(signal)
        let outcome = try await process.outcome(within: .seconds(30))
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains(/\nbalanced +yes\n/), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: socket))
        return outcome
    }

    /// Asks with curl, several times in one go when asked to.
    func curl<Reply: Decodable>(
        _ path: String, as type: Reply.Type = Reply.self, times: Int = 1
    ) async throws -> [Reply] {
        let outcome = try await FreewayProcess.run(
            ["-sS", "--fail-with-body", "--max-time", "30", "--unix-socket", socket]
                + [String](repeating: "http://localhost\(path)", count: times), program: "curl")
        try #require(outcome.code == 0, "\(path): \(outcome)")
        return try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(type, from: Data($0.utf8))
        }
    }

    /// The forwarder's process, not that of a program that put it into a namespace.
    func forwarder() async throws -> Int32 {
        try #require(try await curl("/v1/version", as: VersionReply.self).first).pid
    }

    func stats() async throws -> StatsReply {
        try #require(try await curl("/v1/stats", as: StatsReply.self).first)
    }

    /// Asks with a verb of the program.
    func query<Reply: Decodable>(_ verb: String, as type: Reply.Type) async throws -> Reply {
        let outcome = try await FreewayProcess.run([verb, "--socket", socket, "--json"])
        try #require(outcome.code == 0, "\(outcome)")
        return try outcome.decoded(type)
    }
}

/// Configurations of forwarders that are never idle.
enum BusyConfiguration {
    /// Two devices that have a burst ready whenever they are asked.
    static func null(workers: String = "auto") -> String {
        wire("vdev:net_null0", "vdev:net_null1", workers)
    }

    /// A capture that repeats for ever into a device that swallows all.
    static func capture(workers: String = "auto") -> String {
        wire(
            "pcap:\(Repository.capture("real/zeek-wikipedia.pcap")),infinite",
            "vdev:net_null1,no-rx=1", workers)
    }

    static func wire(_ left: String, _ right: String, _ workers: String = "auto") -> String {
        """
        version: 1
        forward: cross-connect
        workers: \(workers)
        ports:
          left: {device: "\(left)"}
          right: {device: "\(right)"}
        crossConnect: [[left, right]]

        """
    }
}
