// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// `freeway diff`: which frames of Tests/Captures/route two configurations treat differently. How many
/// there are follows from what journeys.py says of each frame.
@Suite struct DiffCommandTests {
    static let old = Repository.capture("route/route.yaml")
    static let inputs = ["wan", "lan"].flatMap {
        ["--in", "\($0)=\(Repository.capture("route/\($0).in.pcap"))"]
    }

    @Test("misuse is refused with the way out")
    func misuse() async throws {
        let none = try await FreewayProcess.run(["diff", Self.old, Self.old])
        #expect(none.code == 64)
        #expect(
            none.errorLines.first
                == "freeway: nothing to compare: name a capture with --in port=file"
        )
        let twice = try await FreewayProcess.run(
            ["diff", Self.old, Self.old, "--in", "wan=a", "--in", "wan=b"])
        #expect(twice.code == 64)
        #expect(twice.errorLines.first == "freeway: --in names wan twice")
        let limit = try await FreewayProcess.run(
            ["diff", Self.old, Self.old, "--limit", "-1"] + Self.inputs)
        #expect(limit.code == 64)
    }

    @Test("a port that either configuration lacks is named")
    func missingPort() async throws {
        let other = Repository.path("config/cross-connect.yaml")
        for (old, new) in [(Self.old, other), (other, Self.old)] {
            let outcome = try await FreewayProcess.run(["diff", old, new] + Self.inputs)
            #expect(outcome.code == 64)
            #expect(outcome.errors.contains("\(other) has no port wan; "), "\(outcome)")
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.leftovers == [])
        }
    }

    @Test("ARP that tells of a host is treated alike where both learn from it")
    func consumed() async throws {
        let scratch = ScratchFolder()
        let folder = Repository.path("Tests/Cases/neighbour-answered")
        let inputs = [
            "--in", "wan=\(folder)/wan.in.pcap", "--in", "lan=\(folder)/lan.in.pcap",
        ]
        let old = Repository.path("Tests/Cases/router.yaml")
        let alike = try await FreewayProcess.run(["diff", old, old] + inputs)
        #expect(alike.output == "4 frames: all treated alike\n")
        let text = try String(contentsOfFile: old, encoding: .utf8)
        #expect(text.contains("198.51.100.1/24"))
        // The host, .77, is on no network of the other one's.
        let new = try scratch.write(
            text.replacing("198.51.100.1/24", with: "198.51.100.1/26")
                .replacing("198.51.100.99", with: "198.51.100.9"), to: "new.yaml")
        let other = try await FreewayProcess.run(["diff", old, new] + inputs)
        #expect(other.output.contains("1 frame of 1 flow: ends here → dropped, "), "\(other)")
    }

    @Test("what is wrong with a configuration or a capture is told once")
    func faults() async throws {
        let scratch = ScratchFolder()
        let bad = try scratch.write("version: 1\nforward: wrong\n", to: "bad.yaml")
        let configuration = try await FreewayProcess.run(["diff", Self.old, bad] + Self.inputs)
        #expect(configuration.code == 78)
        #expect(configuration.errors.contains("\(bad):2:10: "), "\(configuration)")
        let capture = try scratch.write("no capture at all, of more than 24 bytes", to: "bad.pcap")
        let malformed = try await FreewayProcess.run(
            ["diff", Self.old, Self.old, "--in", "wan=\(capture)"])
        #expect(malformed.code == 65)
        #expect(malformed.errorLines.count == 1)
        #expect(malformed.errors.hasPrefix("freeway: \(capture): "))
        let missing = try await FreewayProcess.run(
            ["diff", Self.old, Self.old, "--in", "wan=\(scratch.file("none"))"])
        #expect(missing.code == 66)
        #expect(missing.leftovers == [])
    }

    @Test("a configuration treats nothing differently from itself")
    func same() async throws {
        let outcome = try await FreewayProcess.run(["diff", Self.old, Self.old] + Self.inputs)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("723 frames: all treated alike\n"))
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
    }

    @Test("the order of the ports in the file does not matter")
    func orderOfPorts() async throws {
        let scratch = ScratchFolder()
        let text = try String(contentsOfFile: Self.old, encoding: .utf8)
        let wan = try #require(text.firstRange(of: #/  wan:\n(    .*\n)+/#))
        let lan = try #require(text.firstRange(of: #/  lan:\n(    .*\n)+/#))
        let swapped =
            text[..<wan.lowerBound] + text[lan] + text[wan] + text[lan.upperBound...]
        let new = try scratch.write(String(swapped), to: "swapped.yaml")
        let outcome = try await FreewayProcess.run(["diff", Self.old, new] + Self.inputs)
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test("each change is a group with its frames, flows and next hops")
    func groups() async throws {
        let report = try await diff([
            ("{to: 10.66.0.0/16, action: blackhole}", "{to: 10.66.0.0/16, action: unreachable}"),
            ("  - {to: 0.0.0.0/0, via: 192.0.2.254}\n", ""),
            ("{to: 10.1.2.0/24, via: 198.51.100.24}", "{to: 10.1.2.0/24, via: 198.51.100.25}"),
            ("{to: 10.0.0.0/8, via: 198.51.100.8}", "{to: 10.0.0.0/8, via: 192.0.2.12}"),
        ])
        let journeys = try ExpectedJourney.load("route")
        func count(_ prefix: String, _ dropped: String?) -> Int {
            journeys.count { $0.route["prefix"] == prefix && $0.dropped == dropped }
        }
        func frames(_ before: String, _ after: String) -> Int? {
            report.groups.first { "\($0.before)" == before && "\($0.after)" == after }?.frames
        }
        #expect(report.frames == 723)
        #expect(
            frames("dropped, blackhole", "dropped, unreachable")
                == count("10.66.0.0/16", "blackhole"))
        #expect(frames("forwarded to wan", "dropped, noRoute") == count("0.0.0.0/0", nil))
        #expect(
            frames("dropped, timeToLiveExpired", "dropped, noRoute")
                == count("0.0.0.0/0", "timeToLiveExpired"))
        #expect(
            frames("forwarded to lan by 198.51.100.24", "forwarded to lan by 198.51.100.25")
                == count("10.1.2.0/24", nil))
        #expect(frames("forwarded to lan", "forwarded to wan") == count("10.0.0.0/8", nil))
        #expect(report.differing == report.groups.reduce(0) { $0 + $1.frames })
        for group in report.groups {
            #expect(group.fields == [])
            #expect(group.flowCount == group.flows.count && group.flowCount > 0)
            #expect(group.flows.reduce(0) { $0 + $1.frames } == group.frames)
        }
        #expect(report.groups.map(\.frames) == report.groups.map(\.frames).sorted(by: >))
        // The first frame of a flow is one that freeway explain finds.
        let flow = try #require(report.groups.first?.flows.first)
        let explanation = try await explain(
            [Self.old] + Self.inputs + ["--frame", "\(flow.port):\(flow.firstFrame)"])
        let route = try #require(explanation.frames.first?.journey.step("route"))
        #expect(route.facts["nextHop"] == "198.51.100.24")
    }

    @Test("bytes that change are named by their fields")
    func fields() async throws {
        let report = try await diff([
            (
                "{port: lan, address: 198.51.100.8, mac: 02:00:00:00:02:08}",
                "{port: lan, address: 198.51.100.8, mac: 02:00:00:00:02:09}"
            )
        ])
        let group = try #require(report.groups.first)
        #expect(report.groups.count == 1)
        #expect(group.before == group.after)
        #expect(group.before == DiffReport.Treatment(kind: .transmitted, port: "lan"))
        #expect(group.fields == ["ethernet.destination"])
        let hops = try ExpectedJourney.load("route").filter {
            $0.route["nextHop"] == "198.51.100.8" && $0.dropped == nil
        }
        // The answer to the one who asks for an echo goes there, too.
        #expect(group.frames == hops.count + 1 && !hops.isEmpty)
    }

    @Test("flows beyond the limit are counted, not named, and the text says so")
    func limit() async throws {
        let scratch = ScratchFolder()
        let new = try Self.changed([("action: blackhole", "action: unreachable")], scratch)
        let outcome = try await FreewayProcess.run(
            ["diff", Self.old, new, "--limit", "1"] + Self.inputs)
        #expect(outcome.code == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(
            lines.first?.hasSuffix(" flows: dropped, blackhole → dropped, unreachable") == true,
            "\(outcome)")
        #expect(lines[2].hasPrefix("  and ") && lines[2].hasSuffix(" more; --limit shows more"))
        #expect(outcome.output.contains(" of 723 frames treated differently\n"))
    }

    @Test("--any-mac takes what is for other MACs")
    func anyMAC() async throws {
        let scratch = ScratchFolder()
        let new = try Self.changed(
            [("{to: 0.0.0.0/0, via: 192.0.2.254}", "{to: 0.0.0.0/0, action: blackhole}")], scratch)
        let capture = Repository.capture("real/zeek-wikipedia.pcap")
        let words = ["diff", Self.old, new, "--in", "lan=\(capture)", "--json"]
        let own = try await FreewayProcess.run(words)
        #expect(own.code == 0, "\(own)")
        let any = try await FreewayProcess.run(words + ["--any-mac"])
        #expect(any.code == 1, "\(any)")
        let report = try any.decoded(DiffReport.self)
        #expect(
            report.groups.contains { $0.after.reason == "blackhole" && $0.before.port == "wan" })
    }

    /// Compares the configuration of the captures with a changed one.
    private func diff(_ changes: [(String, String)]) async throws -> DiffReport {
        let scratch = ScratchFolder()
        let new = try Self.changed(changes, scratch)
        let outcome = try await FreewayProcess.run(
            ["diff", Self.old, new, "--json", "--limit", "1000"] + Self.inputs)
        try #require(outcome.code == 1, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        return try outcome.decoded(DiffReport.self)
    }

    private static func changed(
        _ changes: [(String, String)], _ scratch: ScratchFolder
    ) throws -> String {
        var text = try String(contentsOfFile: old, encoding: .utf8)
        for (before, after) in changes {
            try #require(text.contains(before))
            text = text.replacingOccurrences(of: before, with: after)
        }
        return try scratch.write(text, to: "new.yaml")
    }

    @Test(
        "captures may be compressed or come through a pipe, and are called as the user calls them")
    func copies() async throws {
        let outcome = try await FreewayProcess.run(
            [
                "-c",
                "gzip -c Tests/Captures/route/lan.in.pcap | $0 diff $1 $1 --in wan=<(gzip -c $2) --in lan=-",
                FreewayBinary.path, Self.old, Repository.capture("route/wan.in.pcap"),
            ], program: "bash")
        #expect(outcome.code == 0, "\(outcome)")
        let empty = try await FreewayProcess.run(
            ["-c", "true | $0 diff $1 $1 --in wan=-", FreewayBinary.path, Self.old], program: "bash"
        )
        #expect(empty.code == 65, "\(empty)")
        #expect(empty.errors.contains("standard input: is empty"), "\(empty)")
    }
}
