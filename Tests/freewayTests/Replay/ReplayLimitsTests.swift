// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing

/// Replays with much, with little, and with an end before the end.
@Suite struct ReplayLimitsTests {
    static let words = [
        "replay", Repository.capture("cross-connect/cross-connect.yaml"), "--in",
        "left=\(Repository.capture("cross-connect/left.in.pcap"))",
    ]

    @Test("sixteen workers replay a capture on any machine")
    func sixteenWorkers() async throws {
        let outcome = try await FreewayProcess.run(Self.words + ["--workers", "16", "--json"])
        try #require(outcome.code == 0, "\(outcome)")
        #expect(try outcome.decoded(ReplayReport.self).ledger.transmitted == 144)
        #expect(outcome.leftovers == [])
    }

    @Test(
        "an ordinary user replays without huge pages",
        .enabled(if: Conditions.canRunAsNobody, "needs root, to become an ordinary user"))
    func ordinaryUser() async throws {
        let scratch = ScratchFolder(isOpen: true)
        let outcome = try await FreewayProcess.run(
            Self.words + ["--out", "right=\(scratch.file("right.pcap"))", "--workers", "2"],
            through: Conditions.asNobody)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        #expect(try CapturedFrame.all(in: scratch.file("right.pcap")).count == 144)

        let closed = ScratchFolder()
        let refused = try await FreewayProcess.run(
            Self.words + ["--out", "right=\(closed.file("right.pcap"))"],
            through: Conditions.asNobody)
        #expect(refused.code == 73)
        #expect(
            refused.errors
                == "freeway: \(closed.file("right.pcap")): cannot be created: Permission denied\n")
    }

    @Test("too little address space ends with 71 and says what would do", arguments: [300, 400])
    func addressSpace(megabytes: Int) async throws {
        let outcome = try await FreewayProcess.run(
            Self.words, through: ["prlimit", "--as=\(megabytes << 20)"])
        #expect(outcome.code == 71, "\(outcome)")
        #expect(
            outcome.errors == """
                freeway: this process may have \(megabytes) MB of address space, and needs 427 MB \
                or more; raise its limit (ulimit -v unlimited)

                """)
        #expect(outcome.leftovers == [])
    }

    @Test(
        "a signal in the middle of a replay ends it with 130 and leaves nothing",
        arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) async throws {
        let scratch = ScratchFolder()
        try LongCapture.write(to: scratch.file("long.pcap"), frames: 3_000_000)
        let process = try FreewayProcess([
            "replay", Repository.path("config/cross-connect.yaml"), "--in",
            "left=\(scratch.file("long.pcap"))", "--out", "right=\(scratch.file("out.pcap"))",
        ])
        // Frames arrive in the file beside the output once the replay is in its middle.
        let part = scratch.file("out.pcap.\(process.pid).part")
        let isUnderWay = await withCheckedContinuation { continuation in
            // On a thread of its own: the other tests leave little of Swift's.
            Thread {
                // The machine may do other things first.
                let deadline = FairDeadline(after: .seconds(600))
                var status = stat()
                while stat(part, &status) != 0 || status.st_size < 100_000,
                    !deadline.isOver
                {
                    usleep(1000)
                }
                process.send(signal)
                continuation.resume(returning: status.st_size >= 100_000)
            }.start()
        }
        let outcome = try await process.outcome()
        #expect(isUnderWay)
        #expect(outcome.code == 130, "\(outcome)")
        #expect(outcome.errors == "freeway: interrupted; no output was written\n")
        #expect(outcome.output == "")
        #expect(outcome.leftovers == [])
        #expect(scratch.names == ["long.pcap"])
    }
}
