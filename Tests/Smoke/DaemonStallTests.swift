// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// A worker that does not come back from a round: its thread is stopped, and no other.
@Suite(.enabled(if: StoppedThread.isPossible, "needs the permission to trace processes"))
struct DaemonStallTests {
    @Test("a stalled worker is named in the log, in stats and in workers, and so is its recovery")
    func stall() async throws {
        try await DaemonProcess.with(BusyConfiguration.null(workers: "2")) { daemon in
            let healthy = try #require(
                try await firstAnswer {
                    let reply = try await daemon.query("workers", as: WorkersReply.self)
                    return reply.workers.allSatisfy { $0.received.frames > 0 } ? reply : nil
                })
            let victim = try #require(healthy.workers[0].thread)

            let stopped = try await StoppedThread(victim.id)
            let stalled = try #require(
                try await firstAnswer {
                    let reply = try await daemon.query("workers", as: WorkersReply.self)
                    return reply.workers[0].state == .stalled ? reply : nil
                })
            #expect(stalled.workers[0].stalledSeconds ?? 0 >= 1)
            #expect(stalled.workers[1].state == .running)
            #expect(stalled.workers[1].stalledSeconds == nil)
            #expect(try await daemon.stats().stalledWorkers == [0])
            let table = try await FreewayProcess.run(["stats", "--socket", daemon.socket])
            #expect(
                table.output.contains("\nworker 0 is stalled: see freeway workers\n"), "\(table)")
            let line = try #require(
                await firstAnswer {
                    daemon.process.errors.split(separator: "\n").first {
                        $0.contains("is stalled")
                    }
                })
            #expect(
                line.contains(/warning.*worker 0 \(lcore 1, CPUs? [0-9,]+\) is stalled/), "\(line)")
            // What the watch itself measured: reported within two seconds.
            #expect(line.contains(/no round ended for 1\.\d s;/), "\(line)")
            #expect(
                line.contains(
                    "its thread \(victim.id) was stopped by a signal or a debugger: kill -CONT "
                        + "\(daemon.process.pid)"), "\(line)")
            // The other worker goes on.
            let rounds = stalled.workers[1].rounds
            let goesOn = try await firstAnswer {
                let reply = try await daemon.query("workers", as: WorkersReply.self)
                return reply.workers[1].rounds > rounds ? true : nil
            }
            #expect(goesOn == true)

            try await stopped.release()
            let recovered = try #require(
                try await firstAnswer {
                    let reply = try await daemon.query("workers", as: WorkersReply.self)
                    return reply.workers[0].state == .running ? reply : nil
                })
            #expect(recovered.workers[0].rounds > stalled.workers[0].rounds)
            #expect(recovered.workers[0].gaps?.longestNanoseconds ?? 0 >= 1_000_000_000)
            #expect(try await daemon.stats().stalledWorkers == [])
            let end = await firstAnswer {
                daemon.process.errors.contains("goes on, after it was stalled for") ? true : nil
            }
            #expect(end == true)
        }
    }

    @Test("a forwarder whose worker never returns ends all the same, and says why")
    func shutdown() async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(BusyConfiguration.null())
            let reply = try await daemon.query("workers", as: WorkersReply.self)
            let thread = try #require(reply.workers[0].thread)
            let stopped = try await StoppedThread(thread.id)
            daemon.process.send(SIGTERM)
            let outcome = try await daemon.process.outcome(within: .seconds(60))
            #expect(outcome.code == 70, "\(outcome)")
            #expect(
                outcome.errors.contains(
                    /freeway: worker 0 \(lcore 1, CPUs? [0-9,]+\) did not return from a round within 5 s/
                ),
                "\(outcome)")
            #expect(outcome.output == "")
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
            try await stopped.release()

            // What it left behind is in nobody's way.
            let next = try await DaemonProcess.start(BusyConfiguration.null(), in: daemon.scratch)
            _ = try await firstAnswer {
                try await next.stats().ledger.received > 0 ? true : nil
            }
            try await next.stop()
        }
    }
}
