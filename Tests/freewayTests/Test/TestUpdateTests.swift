// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// `freeway test --update` and `--coverage`.
@Suite struct TestUpdateTests {
    private let library = CaseLibrary()

    @Test("--update writes only what differs, says how, and leaves the case passing")
    func update() async throws {
        try library.add("bad")
        try library.add("good")
        try library.edit("bad/right.expect.pcap") { number, bytes in
            guard number > 1 else { return nil }
            var bytes = bytes
            if number == 2 { bytes[5] ^= 0x01 }
            return bytes
        }
        let good = library.bytes("good/right.expect.pcap")
        let outcome = try await library.test("--update")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("updated  \(library.file("bad/right.expect.pcap"))\n"))
        #expect(outcome.output.contains("1 frame: ethernet.destination "))
        #expect(outcome.output.contains("1 frame: expected now"))
        #expect(!outcome.output.contains(library.file("good/right.expect.pcap")))
        #expect(library.bytes("good/right.expect.pcap") == good)
        #expect(try await library.test().code == 0)
        let again = try await library.test("--update")
        #expect(again.output.hasPrefix("nothing to update: no expect file differs"))
        // No half-written file stays beside the new one.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: library.file("bad")).sorted()
                == ["freeway.yaml", "left.in.pcap", "right.expect.pcap"])
    }

    @Test("--update gives no port a file that had none; --update-all gives each port one")
    func updateAll() async throws {
        try library.add("new")
        try library.remove("new/right.expect.pcap")
        let refused = try await library.test("--update")
        #expect(refused.code == 1)
        #expect(refused.output.contains("expects nothing, so that it cannot fail"))
        let outcome = try await library.test("--update-all")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("new, with 0 frames"))
        #expect(library.bytes("new/left.expect.pcap").count == 24)
        #expect(library.bytes("new/right.expect.pcap").count > 24)
        #expect(try await library.test().code == 0)
    }

    @Test("--update puts a pcap file in the place of a pcapng one, and says so")
    func pcapng() async throws {
        try library.add("x")
        try library.remove("x/right.expect.pcap")
        try library.copy(
            Repository.capture("real/zeek-vlan-pcp-dei.pcapng"), to: "x/right.expect.pcapng")
        let outcome = try await library.test("--update")
        #expect(outcome.code == 0, "\(outcome)")
        let old = library.file("x/right.expect.pcapng")
        #expect(outcome.output.contains("takes the place of \(old)\n"))
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(library.bytes("x/right.expect.pcap").count > 24)
    }

    @Test("--update cannot mend drops, and says what to write")
    func drops() async throws {
        try library.add("drops", caseFile: "title: x\ndrops: {linkDown: 1}\n")
        let outcome = try await library.test("--update")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("to expect what was dropped, write drops: {}"))
    }

    @Test("--coverage lists what no case exercised, by configuration")
    func coverage() async throws {
        let folder = "route"
        try library.add(folder)
        try library.remove("\(folder)/left.in.pcap")
        try library.remove("\(folder)/right.expect.pcap")
        try library.copy(Repository.capture("route/route.yaml"), to: "\(folder)/freeway.yaml")
        for name in ["wan.in.pcap", "lan.in.pcap", "wan.expect.pcap", "lan.expect.pcap"] {
            try library.copy(Repository.capture("route/\(name)"), to: "\(folder)/\(name)")
        }
        let table = try await library.test("--coverage")
        #expect(table.code == 0, "\(table)")
        #expect(table.output.contains("\nall that route  drop reasons"))
        let report = try await library.test("--coverage", "--json").decoded(SuiteReport.self)
        let coverage = try #require(report.coverage?.configurations.first)
        #expect(report.coverage?.configurations.count == 1)
        #expect(report.coverage?.pipelines.map(\.dropReasons) == [coverage.dropReasons])
        #expect(coverage.configuration == library.file("\(folder)/freeway.yaml"))
        #expect(coverage.interfaces.map(\.name) == ["wan", "lan"])
        #expect(coverage.interfaces.allSatisfy { $0.frames > 0 })
        let stages = ["admit", "validateIPv4", "route", "rewrite", "transmit"]
        #expect(coverage.stages.map(\.name) == stages)
        #expect(coverage.stages.allSatisfy { $0.frames > 0 })
        // Each reason's count is the ledger's.
        let dropped = report.cases[0].runs[0].dropped
        for reason in coverage.dropReasons {
            #expect(reason.frames == dropped[reason.name] ?? 0, "\(reason.name)")
        }
        #expect(coverage.dropReasons.contains { $0.name == "linkDown" && $0.frames == 0 })
        #expect(coverage.dropReasons.contains { $0.name == "noRoute" })
    }

    @Test("--coverage counts what a reload brought for the configuration that it brought")
    func coverageOfReload() async throws {
        try library.add("x", caseFile: "steps:\n  - {at: 0s, reload: other.yaml}\ndrops: {}\n")
        try library.copy(CaseLibrary.configuration, to: "x/other.yaml")
        let report = try await library.test("--coverage", "--json").decoded(SuiteReport.self)
        let coverage = try #require(report.coverage?.configurations, "\(report)")
        #expect(
            coverage.map(\.configuration) == [
                library.file("x/freeway.yaml"), library.file("x/other.yaml"),
            ])
        let frames = coverage.map { $0.stages.first { $0.name == "crossConnect" }?.frames ?? 0 }
        // The first frame is at the time of the step, and comes before it.
        #expect(frames[0] > 0)
        #expect(frames[0] + frames[1] == report.cases[0].runs[0].received)
        #expect(frames[1] > 0)
    }
}
