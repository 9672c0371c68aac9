// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing

/// How daemons start, end, and meet each other.
@Suite struct DaemonLifeTests {
    @Test(
        "SIGTERM and SIGINT end it within a second, with the final ledger",
        arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(BusyConfiguration.null())
            _ = try await firstAnswer {
                try await daemon.stats().ledger.received > 0 ? true : nil
            }
            let stopwatch = FairStopwatch()
            let outcome = try await daemon.stop(signal)
            // A second, and what a machine that builds something else at the time may take.
            #expect(stopwatch.elapsed < .seconds(3), "\(stopwatch.account)")
            #expect(await daemon.notify.receives("STOPPING=1", within: .seconds(1)))
            #expect(outcome.output.hasPrefix("1 worker, up "))
            #expect(outcome.errors.contains("forwarding"))
            #expect(!outcome.errors.contains("EAL"))
            #expect(outcome.leftovers == [])
        }
    }

    @Test("a second daemon on the same socket is refused, and the first goes on")
    func ownedSocket() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let before = try await daemon.stats()
            let second = try await FreewayProcess.run([
                "run", daemon.scratch.file("config.yaml"), "--socket", daemon.socket,
            ])
            #expect(second.code == 73, "\(second)")
            #expect(
                second.errors == """
                    freeway: \(daemon.socket): a running forwarder (pid \(daemon.process.pid)) owns this \
                    socket; stop it, or give another path with --socket

                    """)
            #expect(second.leftovers == [])
            let after = try await daemon.stats()
            #expect(after.startedAt == before.startedAt)
            #expect(after.ledger.received > before.ledger.received)
        }
    }

    @Test("a daemon takes over the socket of one that was killed")
    func deadSocket() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let first = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            first.process.send(SIGKILL)
            let killed = try await first.process.outcome()
            #expect(killed.code == 128 + SIGKILL)
            #expect(FileManager.default.fileExists(atPath: first.socket))
            let second = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            let version = try await second.curl("/v1/version", as: VersionReply.self)
            #expect(version.first?.pid == second.process.pid)
            try await second.stop()
        }
    }

    @Test(
        "an ordinary user runs a forwarder on virtual devices",
        .enabled(if: Conditions.canRunAsNobody, "needs root, to become an ordinary user"))
    func ordinaryUser() async throws {
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(
                BusyConfiguration.null(), in: ScratchFolder(isOpen: true),
                through: Conditions.asNobody
            ) { daemon in
                _ = try await daemon.stats()
            }
        }
    }

    @Test("a signal before it is ready ends it as cleanly")
    func earlySignal() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let config = try scratch.write(BusyConfiguration.null(), to: "config.yaml")
            let socket = scratch.file("socket")
            let process = try FreewayProcess(["run", config, "--socket", socket])
            // The socket is claimed before DPDK starts, and both take a while.
            let isClaimed = await firstAnswer {
                FileManager.default.fileExists(atPath: socket) ? true : nil
            }
            process.send(SIGTERM)
            let outcome = try await process.outcome(within: .seconds(30))
            #expect(isClaimed == true)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output.contains(/\nbalanced +yes\n/), "\(outcome)")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == ["config.yaml"])
        }
    }
}
