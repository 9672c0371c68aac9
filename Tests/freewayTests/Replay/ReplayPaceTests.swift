// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Replays in real time, and replays that play their inputs several times.
@Suite struct ReplayPaceTests {
    static let config = Repository.capture("cross-connect/cross-connect.yaml")
    static let start: UInt64 = 1_700_000_000_000_000_000

    /// A capture of frames of 60 equal bytes, so many milliseconds after the start.
    private func capture(_ milliseconds: [UInt64], in scratch: ScratchFolder, _ name: String) throws
        -> String
    {
        let writer = try CaptureWriter(path: scratch.file(name))
        for (number, time) in milliseconds.enumerated() {
            try [UInt8](repeating: UInt8(number + 1), count: 60).withUnsafeBytes { bytes in
                try writer.write(bytes, time: Self.start + time * 1_000_000)
            }
        }
        try writer.flush()
        try writer.publish()
        return scratch.file(name)
    }

    @Test("more rounds than a capture's clock can count are refused, with the most that fit")
    func tooManyRounds() async throws {
        let scratch = ScratchFolder()
        let input = try capture([0, 1_000_000], in: scratch, "in.pcap")
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--in", "left=\(input)", "--loop", "1000000000",
        ])
        #expect(outcome.code == 64)
        // 2^64 ns are 18,446,744,073.7 s, of which 1,700,001,000 are over after the first round; each other one
        // takes 2,000.
        #expect(
            outcome.errors == """
                freeway: --loop 1000000000: the last frames would enter after the year 2554, where the \
                clock of a replay ends; at most 8373372 fit

                """)
        #expect(outcome.leftovers == [])
    }

    /// Left: 0 and 30 ms; right: 10 ms. The mean gap of the three is 15 ms, so a round takes 45.
    @Test("--loop goes through the inputs again, later by their span and the mean gap")
    func loop() async throws {
        let scratch = ScratchFolder()
        let left = try capture([0, 30], in: scratch, "left.pcap")
        let right = try capture([10], in: scratch, "right.pcap")
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--json", "--in", "left=\(left)", "--in", "right=\(right)",
            "--loop", "3", "--out", "right=\(scratch.file("out.pcap"))", "--out",
            "left=\(scratch.file("back.pcap"))",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        let report = try outcome.decoded(ReplayReport.self)
        #expect(report.rounds == 3)
        #expect(report.pace == nil)
        #expect(report.ledger.received == 9 && report.ledger.transmitted == 9 && report.balanced)
        let out = try CapturedFrame.all(in: scratch.file("out.pcap"))
        #expect(
            out.map { ($0.time - Self.start) / 1_000_000 } == [0, 30, 45, 75, 90, 120])
        #expect(out.map { $0.bytes[0] } == [1, 2, 1, 2, 1, 2])
        let back = try CapturedFrame.all(in: scratch.file("back.pcap"))
        #expect(back.map { ($0.time - Self.start) / 1_000_000 } == [10, 55, 100])
    }

    @Test("each round of a real capture gives the frames of a single one", arguments: [1, 3])
    func rounds(workers: Int) async throws {
        let scratch = ScratchFolder()
        var counts: [[[UInt8]: Int]] = []
        for rounds in [1, 40] {
            let outcome = try await FreewayProcess.run([
                "replay", "config/router.yaml", "--any-mac", "--json", "--in",
                "wan=\(Repository.capture("real/zeek-wikipedia.pcap"))", "--loop", "\(rounds)",
                "--workers", "\(workers)", "--out", "lan=\(scratch.file("lan.pcap"))",
            ])
            try #require(outcome.code == 0, "\(outcome)")
            #expect(
                try outcome.decoded(ReplayReport.self).ledger.received == 136 * UInt64(rounds))
            let frames = try CapturedFrame.all(in: scratch.file("lan.pcap"))
            counts.append(
                Dictionary(grouping: frames, by: \.bytes).mapValues { $0.count / rounds })
            #expect(frames.count == 46 * rounds)
        }
        #expect(counts[0] == counts[1])
    }

    @Test("with one worker, outputs are the same byte for byte, with --loop too")
    func sameBytes() async throws {
        let expected = try ExpectedReplay.load("route")
        let scratches = [ScratchFolder(), ScratchFolder()]
        for scratch in scratches {
            let outcome = try await FreewayProcess.run(
                expected.arguments("route", outputs: scratch) + [
                    "--loop", "25", "--drops", scratch.file("drops.pcapng"),
                ])
            #expect(outcome.code == 0, "\(outcome)")
        }
        #expect(scratches[0].names == ["drops.pcapng", "lan.pcap", "wan.pcap"])
        for name in scratches[0].names {
            let files = scratches.map { FileManager.default.contents(atPath: $0.file(name)) }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
    }

    /// 0, 100 and 400 ms at twice the speed: 200 ms, and another 100 + 200 for the second round.
    @Test("--pace capture takes its time, reports how well it kept it, and changes no output")
    func pace() async throws {
        let scratch = ScratchFolder()
        let input = try capture([0, 100, 400], in: scratch, "in.pcap")
        let words = ["replay", Self.config, "--json", "--in", "left=\(input)", "--loop", "2"]
        let fast = try await FreewayProcess.run(
            words + ["--out", "right=\(scratch.file("fast.pcap"))"])
        #expect(fast.code == 0, "\(fast)")
        let clock = ContinuousClock()
        let began = clock.now
        let paced = try await FreewayProcess.run(
            words + [
                "--out", "right=\(scratch.file("paced.pcap"))", "--pace", "capture", "--speed", "2",
            ])
        let elapsed = clock.now - began
        try #require(paced.code == 0, "\(paced)")
        let report = try paced.decoded(ReplayReport.self)
        let pace = try #require(report.pace)
        #expect(pace.speed == 2)
        #expect(pace.wantedSeconds == 0.5)
        #expect(elapsed >= .seconds(0.499))
        #expect(report.seconds >= 0.499)
        #expect(pace.achievedSeconds >= 0.499)
        #expect(pace.achievedSeconds <= 0.501 + Double(pace.lateness.maximumNanoseconds) / 1e9)
        #expect(pace.gapErrors.maximumNanoseconds <= pace.lateness.maximumNanoseconds)
        #expect(
            FileManager.default.contents(atPath: scratch.file("paced.pcap"))
                == FileManager.default.contents(atPath: scratch.file("fast.pcap")))
    }

    @Test("a signal ends a replay that waits for the next frame", arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) async throws {
        let scratch = ScratchFolder()
        let input = try capture([0, 3_600_000], in: scratch, "in.pcap")
        let process = try FreewayProcess([
            "replay", Self.config, "--in", "left=\(input)", "--pace", "capture", "--out",
            "right=\(scratch.file("out.pcap"))", "--drops", scratch.file("drops.pcapng"),
        ])
        let part = scratch.file("out.pcap.\(process.pid).part")
        _ = await firstAnswer {
            FileManager.default.fileExists(atPath: part) ? true : nil
        }
        process.send(signal)
        let outcome = try await process.outcome(within: .seconds(30))
        #expect(outcome.code == 130, "\(outcome)")
        #expect(outcome.errors == "freeway: interrupted; no output was written\n")
        #expect(outcome.leftovers == [])
        #expect(scratch.names == ["in.pcap"])
    }

    @Test("the table says how well the pace was kept")
    func table() async throws {
        let scratch = ScratchFolder()
        let input = try capture([0, 20], in: scratch, "in.pcap")
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--in", "left=\(input)", "--pace", "capture",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.contains(/\npace: 0\.020 s wanted, 0\.\d{3} s achieved at 1 × speed\n/))
        #expect(outcome.output.contains(/\nframes late: median .*, 99 % .*, most .*s\n/))
    }
}
