// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// What systemd's watchdog hears, on a socket of the test's own: that all is well, while it is.
@Suite struct DaemonWatchdogTests {
    private static func start(watchdog: Duration = .milliseconds(400)) async throws -> DaemonProcess
    {
        let microseconds = watchdog / .microseconds(1)
        return try await DaemonProcess.start(
            BusyConfiguration.null(workers: "2"),
            environment: ["WATCHDOG_USEC": "\(Int(microseconds))"])
    }

    @Test("a forwarder that is well says so again and again")
    func well() async throws {
        try await MachineTurn.shared.take {
            // A quarter of it without an answer is told: more than other programs keep a CPU for.
            let daemon = try await Self.start(watchdog: .seconds(6))
            for _ in 0..<3 { #expect(await daemon.notify.receives("WATCHDOG=1")) }
            #expect(!daemon.process.errors.contains("not told that all is well"))
            try await daemon.stop()
        }
    }

    @Test("nobody who watches is told nothing")
    func unwatched() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            // Two samples of the counters are a second apart.
            _ = try await firstAnswer { try await daemon.stats().rates != nil ? true : nil }
            #expect(!daemon.notify.pending().contains("WATCHDOG=1"))
        }
    }

    @Test(
        "a worker that goes round no more: the control socket answers, and systemd hears nothing",
        .enabled(if: StoppedThread.isPossible, "needs the permission to trace processes"))
    func stuckWorker() async throws {
        try await MachineTurn.shared.take {
            let daemon = try await Self.start()
            #expect(await daemon.notify.receives("WATCHDOG=1"))
            let threads = try #require(
                try await firstAnswer {
                    let reply = try await daemon.query("workers", as: WorkersReply.self)
                    let threads = reply.workers.compactMap(\.thread)
                    return threads.count == 2 ? threads : nil
                })
            let stopped = try await StoppedThread(threads[1].id)
            try await expectSilence(daemon, because: "worker 1 ended no round")
            #expect(try await daemon.stats().balanced)
            try await stopped.release()
            #expect(await daemon.notify.receives("WATCHDOG=1"))
            try await daemon.stop()
        }
    }

    @Test(
        "a control socket that does not answer: frames go on, and systemd hears nothing",
        .enabled(if: StoppedThread.isPossible, "needs the permission to trace processes"))
    func stuckControlPlane() async throws {
        try await MachineTurn.shared.take {
            let daemon = try await Self.start()
            #expect(await daemon.notify.receives("WATCHDOG=1"))
            var stopped: [StoppedThread] = []
            for thread in Self.threads(of: daemon.process.pid, named: "NIO-") {
                stopped.append(try await StoppedThread(thread))
            }
            #expect(!stopped.isEmpty)
            try await expectSilence(daemon, because: "the control socket does not answer")
            for thread in stopped { try await thread.release() }
            #expect(await daemon.notify.receives("WATCHDOG=1"))
            let isTold: Bool? = await firstAnswer {
                daemon.process.errors.contains("all is well again, and systemd knows it")
                    ? true : nil
            }
            #expect(isTold == true)
            try await daemon.stop()
        }
    }

    @Test(
        "somebody who removes the socket's folder does not have the forwarder killed")
    func removedSocket() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            try FileManager.default.createDirectory(
                atPath: scratch.file("run"), withIntermediateDirectories: false)
            let daemon = try await DaemonProcess.start(
                BusyConfiguration.null(), in: scratch, socket: "run/socket",
                environment: ["WATCHDOG_USEC": "400000"])
            try FileManager.default.removeItem(atPath: scratch.file("run"))
            let isTold: Bool? = await firstAnswer {
                daemon.process.errors.contains("the control socket is gone") ? true : nil
            }
            #expect(isTold == true)
            _ = daemon.notify.pending()
            for _ in 0..<3 { #expect(await daemon.notify.receives("WATCHDOG=1")) }
            try await daemon.stop()
        }
    }

    /// Waits until the log has the reason, and then for a second of the process's CPU time, in which nothing may
    /// come.
    private func expectSilence(_ daemon: DaemonProcess, because reason: String) async throws {
        let line = "systemd is not told that all is well: \(reason)"
        let isTold: Bool? = await firstAnswer {
            daemon.process.errors.contains(line) ? true : nil
        }
        #expect(isTold == true, "\(daemon.process.errors)")
        _ = daemon.notify.pending()
        let began = Self.cpuTicks(of: daemon.process.pid)
        let hasWorked: Bool? = await firstAnswer {
            Self.cpuTicks(of: daemon.process.pid) > began + 100 ? true : nil
        }
        #expect(hasWorked == true)
        #expect(!daemon.notify.pending().contains("WATCHDOG=1"))
    }

    /// User time, in hundredths of a second (proc(5), field 14).
    private static func cpuTicks(of pid: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 11 ? Int(fields[11]) ?? 0 : 0
    }

    private static func threads(of pid: Int32, named prefix: String) -> [Int] {
        let folder = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.filter {
            (try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8))?
                .hasPrefix(prefix) == true
        }.compactMap { Int($0) }
    }
}
