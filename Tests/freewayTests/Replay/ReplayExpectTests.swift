// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Expectations
import Foundation
import ProcessSupport
import Testing

/// `replay --expect`: what leaves is held against captures made by Scapy.
@Suite struct ReplayExpectTests {
    private struct Report: Decodable {
        struct Port: Decodable {
            let port: String
            let capture: String
            let expectedFrames: Int
            let gotFrames: Int
            let differences: [Difference]
            let omitted: Int
        }
        let schemaVersion: Int
        let ports: [String: ReplayPort]
        let expectations: [Port]?
    }

    @Test(
        "real expectations hold, for one worker and for four",
        arguments: ReplayFramesTests.folders, [1, 4])
    func asExpected(folder: String, workers: Int) async throws {
        let scratch = ScratchFolder()
        let expected = try ExpectedReplay.load(folder)
        let outcome = try await FreewayProcess.run(
            arguments(folder, expected) + ["--json", "--workers", "\(workers)"],
            directory: scratch.path)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        #expect(scratch.names == [])
        let report = try outcome.decoded(Report.self)
        #expect(report.schemaVersion == 2)
        for port in try #require(report.expectations) {
            #expect(port.differences == [] && port.omitted == 0)
            #expect(UInt64(port.gotFrames) == expected.ports[port.port]?.transmitted.frames)
            #expect(port.expectedFrames == port.gotFrames)
            #expect(report.ports[port.port]?.output == nil)
        }
        #expect(report.expectations?.count == expected.ports.count)
    }

    @Test("without --expect there is no such member")
    func withoutExpect() async throws {
        let outcome = try await FreewayProcess.run([
            "replay", ReplayErrorTests.config, "--in", "left=\(ReplayErrorTests.good)", "--json",
        ])
        #expect(try outcome.decoded(Report.self).expectations == nil)
    }

    @Test("a wrong byte ends with 1 and names port, frame, field, both values and the way")
    func wrongByte() async throws {
        let scratch = ScratchFolder()
        // The time to live of frame 3: byte 8 of the IPv4 header.
        let (path, frames) = try changedCapture("route/lan.expect.pcap", scratch) { frames in
            frames[2].bytes[22] &+= 1
        }
        let before = frames[2].bytes[22]
        let outcome = try await route("--expect", "lan=\(path)")
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        let text = outcome.output
        #expect(text.contains("lan: 1 difference from \(path)\n"))
        #expect(text.contains("differs from expected frame 3 in ipv4.timeToLive\n"))
        #expect(text.contains("    ipv4.timeToLive  \(before)        \(before &- 1)\n"))
        #expect(text.contains("    the frame's way:\n      frame "))
        #expect(text.contains(" rewrite "))
        #expect(text.contains("^^"))
    }

    @Test("a missing frame is named with the reason that it was dropped for")
    func droppedFrame() async throws {
        let scratch = ScratchFolder()
        // Frames of wan.in.pcap to 10.66/16 go into a blackhole: expect one of them to leave by lan.
        let dropped = try #require(
            CapturedFrame.all(in: Repository.capture("route/wan.in.pcap")).first {
                $0.bytes.count > 34 && $0.bytes[12...13] == [8, 0] && $0.bytes[14] == 0x45
                    && $0.bytes[30...31] == [10, 66] && $0.bytes[32] != 6
                    && $0.bytes[0..<6] == [2, 0, 0, 0, 1, 1] && $0.bytes[22] > 1
            })
        let (path, _) = try changedCapture("route/lan.expect.pcap", scratch) { frames in
            var expected = dropped.bytes
            expected.replaceSubrange(0..<12, with: [2, 0, 0, 0, 2, 0x24, 2, 0, 0, 0, 2, 1])
            expected[22] &-= 1
            frames.append(CapturedFrame(time: frames.last?.time ?? 0, bytes: expected))
        }
        let outcome = try await route("--expect", "lan=\(path)", "--json")
        #expect(outcome.code == 1, "\(outcome)")
        let port = try #require(try outcome.decoded(Report.self).expectations?.first)
        #expect(port.differences.map(\.kind) == [.missing])
        #expect(port.differences.first?.dropReason == "blackhole")
        #expect(port.differences.first?.summary.hasSuffix("it was dropped: blackhole") == true)
        #expect(port.differences.first?.journey.last?.hasPrefix("route ") == true)
    }

    @Test("an extra frame, and a capture without frames: nothing leaves")
    func extraFrames() async throws {
        let scratch = ScratchFolder()
        let (path, _) = try changedCapture("route/lan.expect.pcap", scratch) { $0.remove(at: 5) }
        let outcome = try await route("--expect", "lan=\(path)", "--json")
        #expect(outcome.code == 1)
        let port = try #require(try outcome.decoded(Report.self).expectations?.first)
        #expect(port.differences.map(\.kind) == [.extra])
        #expect(port.differences.first?.journey.isEmpty == false)

        let (empty, _) = try changedCapture("route/lan.expect.pcap", scratch) { $0 = [] }
        let nothing = try await route("--expect", "lan=\(empty)")
        #expect(nothing.code == 1)
        #expect(nothing.output.contains("lan: 314 differences from \(empty)\n"))
        #expect(nothing.output.contains("lan: and 304 more; --json has them\n"))
        #expect(!nothing.output.contains("holds no frames"))
    }

    @Test("order: between flows it counts only with strict, and with any not at all")
    func order() async throws {
        let scratch = ScratchFolder()
        let (path, _) = try changedCapture("route/lan.expect.pcap", scratch) { $0.reverse() }
        let codes = try await ["flow", "strict", "any"].asyncMap {
            try await route("--expect", "lan=\(path)", "--order", $0).code
        }
        #expect(codes == [1, 1, 0])
    }

    @Test("outputs are written as ever, whether the expectation holds or not")
    func withOutput() async throws {
        let scratch = ScratchFolder()
        let (path, _) = try changedCapture("route/lan.expect.pcap", scratch) { $0.removeLast() }
        let out = scratch.file("out.pcap")
        let outcome = try await route("--expect", "lan=\(path)", "--out", "lan=\(out)")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("lan sent: \(out)\n"))
        #expect(try CapturedFrame.all(in: out).count == 314)
        #expect(outcome.leftovers == [])
    }

    @Test("captures that cannot be compared")
    func badCaptures() async throws {
        let scratch = ScratchFolder()
        let text = try scratch.write("not a capture, only words in a file\n", to: "text.pcap")
        let cooked = Repository.capture("real/tcpdump-tcp-handshake-nano.pcap")
        for (path, code, reason) in [
            (scratch.file("missing.pcap"), 66, "No such file or directory"),
            (text, 65, "not a pcap or pcapng capture (unknown file format)"),
            (
                cooked, 65,
                "link type LINUX_SLL instead of Ethernet (EN10MB); capture on an Ethernet interface, "
                    + "not on \"any\""
            ),
        ] {
            let out = scratch.file("out.pcap")
            let outcome = try await route("--expect", "lan=\(path)", "--out", "wan=\(out)")
            #expect(outcome.code == Int32(code), "\(outcome)")
            #expect(outcome.errors == "freeway: \(path): \(reason)\n")
            #expect(outcome.output == "")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == ["text.pcap"])
        }
    }

    @Test("a port that is not there, with the nearest name")
    func unknownPort() async throws {
        let outcome = try await route("--expect", "lna=/dev/null")
        #expect(outcome.code == 64)
        #expect(
            outcome.errors == """
                freeway: --expect lna=/dev/null: the configuration has no port lna; did you mean "lan"? \
                Its ports are wan, lan

                """)
    }

    @Test(
        "options that make no sense",
        arguments: [
            (["--expect", "lan=a", "--expect", "lan=b"], "freeway: --expect names lan twice"),
            (
                ["--expect", "lan"],
                "freeway: The value 'lan' is invalid for '--expect <port=file>'"
            ),
            (
                ["--order", "any"],
                "freeway: --order says how to compare: name a capture with --expect port=file"
            ),
            (
                ["--expect", "lan=x.pcap", "--out", "lan=./x.pcap"],
                "freeway: --expect lan=x.pcap: is the same file as --out lan=./x.pcap"
            ),
            (
                ["--expect", "lan=x.pcap", "--out", "lan=/dev/null"],
                "freeway: --out lan=/dev/null: is no file, so it cannot be compared with --expect "
                    + "lan=x.pcap; leave --out of lan away"
            ),
        ])
    func badOptions(words: [String], message: String) async throws {
        let outcome = try await route(words)
        #expect(outcome.code == 64)
        #expect(outcome.errorLines.first == message)
    }

    @Test("an order that there is not")
    func badOrder() async throws {
        let outcome = try await route("--expect", "lan=a", "--order", "flows")
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("'flows' is invalid for '--order <order>'"))
    }

    @Test("an expected capture with decreasing timestamps is compared in its order, with a note")
    func decreasingTimestamps() async throws {
        let scratch = ScratchFolder()
        let (path, _) = try changedCapture("route/lan.expect.pcap", scratch) { frames in
            frames[1].time = frames[0].time - 1_000
        }
        let outcome = try await route("--expect", "lan=\(path)")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.contains(
                "note: \(path): 1 frames are earlier than the one before; file order is kept\n"))
        #expect(outcome.output.contains("lan: all 314 frames are as \(path) expects\n"))
    }

    private func arguments(_ folder: String, _ expected: ExpectedReplay) -> [String] {
        ["replay", Repository.capture("\(folder)/\(expected.config)")]
            + expected.ports.sorted { $0.key < $1.key }.flatMap { name, port in
                [
                    "--in", "\(name)=\(Repository.capture("\(folder)/\(port.in)"))", "--expect",
                    "\(name)=\(Repository.capture("\(folder)/\(port.expect)"))",
                ]
            } + expected.stepArguments(folder)
    }

    private func route(_ words: String...) async throws -> ProcessOutcome { try await route(words) }

    private func route(_ words: [String]) async throws -> ProcessOutcome {
        try await FreewayProcess.run(
            [
                "replay", Repository.capture("route/route.yaml"),
                "--in", "wan=\(Repository.capture("route/wan.in.pcap"))",
                "--in", "lan=\(Repository.capture("route/lan.in.pcap"))",
            ] + words)
    }

    /// A copy of a capture with something changed.
    private func changedCapture(
        _ name: String, _ scratch: ScratchFolder, _ change: (inout [CapturedFrame]) -> Void
    ) throws -> (path: String, frames: [CapturedFrame]) {
        var frames = try CapturedFrame.all(in: Repository.capture(name))
        change(&frames)
        let path = scratch.file("expect.pcap")
        let writer = try CaptureWriter(path: path)
        for frame in frames {
            try frame.bytes.withUnsafeBytes { try writer.write($0, time: frame.time) }
        }
        try writer.flush()
        try writer.publish()
        return (path, frames)
    }
}

extension [String] {
    fileprivate func asyncMap<Result>(
        _ transform: (String) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
