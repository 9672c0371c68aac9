// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// What happens at the steps of a replay. `ReplayFramesTests` compares the frames around them.
@Suite struct ReplayStepsTests {
    static let config = Repository.capture("route-steps/route.yaml")
    static let input = "wan=" + Repository.capture("route-steps/wan.in.pcap")

    @Test(
        "a step that cannot be read is a usage error",
        arguments: [
            "1s", "1s:link-down", "1s:link-down=", "1:link-down=wan", "-1s:link-down=wan",
            "1h:link-down=wan", "1s:link=wan", "ende:link-down=wan", "0.1ns:link-down=wan",
            "20000000000s:link-down=wan", ":link-down=wan", "s:link-down=wan",
        ])
    func unreadableStep(step: String) async throws {
        let outcome = try await run("--step=\(step)")
        #expect(outcome.code == 64, "\(outcome)")
        #expect(outcome.errors.contains("'\(step)' is invalid for '--step <time:action=value>'"))
    }

    @Test(
        "what is wrong with a step is named, with what would be right",
        arguments: [
            (
                "1s:lnk-down=wan",
                "there is no action \"lnk-down\"; did you mean \"link-down\"? The actions are reload, query, "
                    + "link-down, link-up"
            ),
            ("1s:=wan", "there is no action \"\"; the actions are "),
            ("5:link-down=wan", "\"5\" is no time; it wants a unit: 5s, 5ms or 5min"),
            ("soon:link-up=wan", "\"soon\" is no time; write one such as 500us, "),
            ("end:reload", "reload wants a value: end:reload=FILE"),
            ("2s", "it wants a time and an action, as in 1s:link-down=wan"),
        ])
    func namedWord(step: String, problem: String) async throws {
        let outcome = try await run("--step", step)
        #expect(outcome.code == 64, "\(outcome)")
        #expect(
            outcome.errors.hasPrefix(
                "freeway: The value '\(step)' is invalid for '--step <time:action=value>': \(problem)"
            ),
            "\(outcome)")
    }

    @Test("a port or path that does not exist is named with the nearest")
    func unknownNames() async throws {
        for (step, problem) in [
            (
                "1s:link-down=wann",
                "the configuration has no port wann; did you mean \"wan\"? Its ports are wan, east, west"
            ),
            ("end:query=/v1/stat", "there is no /v1/stat; did you mean /v1/stats?"),
            ("end:query=/v1/reload", "there is no /v1/reload; "),
        ] {
            let outcome = try await run("--step", step)
            #expect(outcome.code == 64, "\(outcome)")
            #expect(outcome.errors.hasPrefix("freeway: --step \(step): \(problem)"), "\(outcome)")
        }
    }

    @Test(
        "a configuration that is missing, wrong, or changes what a reload cannot, stops the replay")
    func wrongConfiguration() async throws {
        let scratch = ScratchFolder()
        let missing = try await run("--step", "1s:reload=\(scratch.file("no.yaml"))")
        #expect(missing.code == 66)
        let wrong = try scratch.write("version: 2\n", to: "wrong.yaml")
        let outcome = try await run("--step", "1s:reload=\(wrong)")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("\(wrong):1:10: version: found \"2\""), "\(outcome)")

        let other = Repository.capture("cross-connect/cross-connect.yaml")
        let output = scratch.file("out.pcap")
        let refused = try await run("--step", "1s:reload=\(other)", "--out", "east=\(output)")
        #expect(refused.code == 78)
        #expect(
            refused.errorLines.contains {
                $0.contains(
                    ": forward: found \"cross-connect\", but \"route\" is in force; a reload cannot change this"
                )
            }, "\(refused)")
        #expect(refused.errors.contains(": ports.left: found a port that is not in force"))
        #expect(refused.errors.contains(": ports.wan: found no such port, but it is in force"))
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test(
        "queries are answered with the ledger and the time of their moment", arguments: [1, 2, 4])
    func answers(workers: Int) async throws {
        let expected = try ExpectedReplay.load("route-steps")
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run(
            expected.arguments("route-steps", outputs: scratch)
                + ["--workers", "\(workers)"])
        try #require(outcome.code == 0, "\(outcome)")
        let answers = try #require(try outcome.decoded(ReplayReport.self).answers)
        let expectedAnswers = try #require(expected.answers)
        #expect(answers.count == expectedAnswers.count + 1)
        for (answer, right) in zip(answers, expectedAnswers) {
            #expect(answer.step == right.step)
            #expect(answer.path == "/v1/stats")
            let stats = try ControlJSON.decode(
                StatsReply.self, from: ControlJSON.encode(answer.reply))
            #expect(stats.ledger.received == right.received)
            #expect(stats.ledger.transmitted == right.transmitted)
            #expect(stats.ledger.dropped == right.dropped)
            #expect(stats.ledger.inTransit == 0 && stats.balanced)
            #expect(stats.startedAt == Timestamp(seconds: 1_700_000_000))
            #expect(
                stats.time
                    == Timestamp(
                        seconds: Int64(right.nanoseconds / 1_000_000_000),
                        nanoseconds: UInt32(right.nanoseconds % 1_000_000_000)))
        }
        // At the end, after the reload: the new MAC and MTU, and every link up again.
        let last = try #require(answers.last)
        let ports = try ControlJSON.decode(PortsReply.self, from: ControlJSON.encode(last.reply))
        #expect(ports.ports.map(\.mac).first == "02:00:00:00:01:77")
        #expect(ports.ports.map(\.mtu) == [1500, 1500, 1000])
        #expect(ports.ports.map(\.link.up) == [true, true, true])
    }

    @Test("links that are down show in the answers, also before the first and without any frame")
    func linkInAnswer() async throws {
        let scratch = ScratchFolder()
        let empty = scratch.file("empty.pcap")
        let writer = try CaptureWriter(path: empty)
        try writer.flush()
        try writer.publish()
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--in", "wan=\(empty)", "--step", "0ns:link-down=west", "--step",
            "0ns:query=/v1/ports", "--step", "1min:query=/v1/version", "--json",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        let answers = try #require(try outcome.decoded(ReplayReport.self).answers)
        let ports = try ControlJSON.decode(
            PortsReply.self, from: ControlJSON.encode(answers[0].reply))
        #expect(ports.ports.map(\.link.up) == [true, true, false])
        #expect(ports.time == Timestamp(seconds: 0))
        #expect(answers[1].path == "/v1/version")
    }

    /// Flows of members that are up stay where they are; those of the member that is down are shared
    /// among the others by weight.
    @Test("a group does without the members whose link is down", arguments: [1, 4])
    func groupWithoutAMember(workers: Int) async throws {
        let folder = Repository.capture("route-ecmp")
        var members: [[Int: String]] = []
        for step in [[], ["--step", "0s:link-down=west"]] {
            let scratch = ScratchFolder()
            let outcome = try await FreewayProcess.run(
                [
                    "replay", "\(folder)/route.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--out",
                    "east=\(scratch.file("east"))", "--out", "west=\(scratch.file("west"))",
                    "--workers", "\(workers)", "--json",
                ] + step)
            try #require(outcome.code == 0, "\(outcome)")
            #expect(try outcome.decoded(ReplayReport.self).ledger.dropped == [:])
            var memberOfFlow: [Int: String] = [:]
            for port in ["east", "west"] {
                for frame in try CapturedFrame.all(in: scratch.file(port)) {
                    let flow = frame.bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
                    memberOfFlow[flow] = "\(port) \(frame.bytes[5])"
                }
            }
            members.append(memberOfFlow)
        }
        #expect(members[0].count == members[1].count)
        // The frame at 0 s came before the step.
        let toWest = members[1].filter { $0.value.hasPrefix("west") }
        #expect(toWest.count <= 1)
        let moved = members[0].filter { $0.value != members[1][$0.key] }
        #expect(moved.allSatisfy { $0.value.hasPrefix("west") })
        // 10.3.0.0/16 has members of weight 1 and 2 in the east: of the flows that moved, a third and
        // two thirds.
        let ofThird = moved.keys.filter { (8192..<12_288).contains($0) }
        #expect(ofThird.count > 1500)
        let share = Double(ofThird.count { members[1][$0] == "east 2" }) / Double(ofThird.count)
        #expect(abs(share - 1 / 3.0) < 0.06, "\(share)")
    }

    private func run(_ words: String...) async throws -> ProcessOutcome {
        try await FreewayProcess.run(["replay", Self.config, "--in", Self.input] + words)
    }
}
