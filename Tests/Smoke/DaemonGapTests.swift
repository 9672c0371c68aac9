// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Times in which workers did nothing, as a running forwarder tells them.
@Suite struct DaemonGapTests {
    /// Halts a process for about so long.
    /// - Returns: for how long it certainly stood still.
    static func halt(_ pid: Int32, for duration: Duration) async throws -> Duration {
        let clock = ContinuousClock()
        kill(pid, SIGSTOP)
        let stopped = await firstAnswer { allThreadsAreStopped(pid) ? true : nil }
        #expect(stopped == true)
        let began = clock.now
        while clock.now - began < duration { await Task.yield() }
        let least = clock.now - began
        kill(pid, SIGCONT)
        // The daemon's clock is measured: some millionths off.
        return least * 0.9995
    }

    private static func allThreadsAreStopped(_ pid: Int32) -> Bool {
        let folder = "/proc/\(pid)/task"
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return !tasks.isEmpty
            && tasks.allSatisfy { task in
                let text = try? String(contentsOfFile: "\(folder)/\(task)/stat", encoding: .utf8)
                return text?.contains(") T ") ?? true
            }
    }

    @Test("a process that is halted for a while shows a gap of that length, at that time")
    func halted() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            _ = try await firstAnswer {
                try await daemon.stats().ledger.received > 0 ? true : nil
            }
            let started = Timestamp.now
            let least = try await Self.halt(daemon.process.pid, for: .milliseconds(700))
            let gap = try #require(
                try await firstAnswer {
                    try await daemon.query("workers", as: WorkersReply.self).workers[0].gaps?
                        .longest
                        .first { $0.nanoseconds >= UInt64(least / .nanoseconds(1)) }
                })
            #expect(gap.time > started)
            #expect(gap.time <= Timestamp.now)
            #expect(gap.time.seconds(since: started) >= least / .seconds(1))
            // Nobody reloaded.
            #expect(!gap.during.contains("reload"))

            // The halt was the whole process's: no worker counts as stalled.
            #expect(try await daemon.stats().stalledWorkers == [])
            #expect(!daemon.process.errors.contains("stalled"))

            let table = try await FreewayProcess.run([
                "workers", "--gaps", "--socket", daemon.socket,
            ])
            #expect(table.code == 0, "\(table)")
            #expect(table.output.hasPrefix(" ") || table.output.hasPrefix("GAP"), "\(table)")
            #expect(table.output.contains("CONTROL PLANE\n"))
            #expect(table.output.split(separator: "\n").count == 9, "\(table)")
        }
    }

    @Test("the rest of what the workers' reply says of gaps hangs together")
    func shape() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let worker = try #require(
                try await firstAnswer {
                    let reply = try await daemon.query("workers", as: WorkersReply.self)
                    return reply.workers[0].gaps?.longest.count == 8 ? reply.workers[0] : nil
                })
            let gaps = try #require(worker.gaps)
            #expect(gaps.count == gaps.histogram.reduce(0) { $0 + $1.count })
            #expect(gaps.count >= 8)
            let lengths = gaps.histogram.map(\.upToNanoseconds)
            #expect(lengths == lengths.sorted())
            #expect(gaps.p50Nanoseconds <= gaps.p99Nanoseconds)
            #expect(gaps.p99Nanoseconds <= gaps.p999Nanoseconds)
            #expect(gaps.p999Nanoseconds <= gaps.longestNanoseconds)
            #expect(gaps.longest.allSatisfy { $0.nanoseconds >= 1990 })
            // The thread is one of the daemon's, and carries the worker's name.
            let thread = try #require(worker.thread)
            let name = try String(
                contentsOfFile: "/proc/\(daemon.process.pid)/task/\(thread.id)/comm",
                encoding: .utf8)
            #expect(name == "rte-worker-\(worker.lcore)\n")
        }
    }

    /// Whether the halt fell into the reload is known only afterwards: its reply says when it was done.
    @Test("a gap while a reload is under way names it")
    func reload() async throws {
        try await DaemonProcess.with(Self.router(routes: 1)) { daemon in
            let more = try daemon.scratch.write(Self.router(routes: 60_000), to: "more.yaml")
            var caught: WorkerGaps.Gap?
            for _ in 0..<10 where caught == nil {
                let reload = try FreewayProcess([
                    "reload", more, "--socket", daemon.socket, "--json",
                ])
                // Reading the file takes longest; then the tables are built.
                let isBuilding = try await firstAnswer {
                    let reply = try await daemon.curl("/v1/workers", as: WorkersReply.self).first
                    return reply?.activities.contains("buildTables") == true
                        || kill(reload.pid, 0) != 0 ? true : nil
                }
                #expect(isBuilding == true)
                let least = try await Self.halt(daemon.process.pid, for: .milliseconds(300))
                let end = Timestamp.now
                let outcome = try await reload.outcome()
                #expect(outcome.code == 0, "\(outcome)")
                guard try outcome.decoded(ReloadReply.self).loadedAt >= end else { continue }
                caught = try await daemon.query("workers", as: WorkersReply.self).workers[0].gaps?
                    .longest.first {
                        $0.nanoseconds >= UInt64(least / .nanoseconds(1))
                            && abs($0.time.seconds(since: end)) < 5
                    }
                #expect(caught?.during.contains("reload") == true, "\(String(describing: caught))")
            }
            #expect(caught != nil, "no halt fell into a reload")
            let after = try await daemon.query("workers", as: WorkersReply.self)
            #expect(!after.activities.contains("reload"))
        }
    }

    static func router(routes: Int) -> String {
        let lines = (0..<routes).map {
            "  - {to: 100.\($0 / 65536).\($0 / 256 % 256).\($0 % 256)/32, via: 192.0.2.2}\n"
        }
        return """
            version: 1
            forward: route
            workers: auto
            memory: {routes: 100000}
            ports:
              left: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
              right: {device: "vdev:net_null1", addresses: [198.51.100.1/24]}
            neighbours:
              - {address: 192.0.2.2, port: left, mac: "02:00:00:00:00:99"}
            routes:

            """ + lines.joined()
    }
}
