// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// `freeway test` with cases that have their packets in words, and what their failures say.
@Suite struct TestPacketsTests {
    private let library = CaseLibrary()

    /// Copies one of the repository's cases, and changes its words.
    private func add(_ name: String, replacing text: String, with other: String) throws {
        let folder = Repository.path("Tests/Cases/\(name)")
        try FileManager.default.copyItem(atPath: folder, toPath: library.file(name))
        if !FileManager.default.fileExists(atPath: library.file("router.yaml")) {
            try library.copy(Repository.path("Tests/Cases/router.yaml"), to: "router.yaml")
        }
        let yaml = String(decoding: library.bytes("\(name)/case.yaml"), as: UTF8.self)
        #expect(yaml.contains(text))
        try library.write(yaml.replacing(text, with: other), to: "\(name)/case.yaml")
    }

    private func failures(_ arguments: String...) async throws -> [CaseFailure] {
        let outcome = try await FreewayProcess.run(
            FreewayProcess.test + [library.path, "--json"] + arguments)
        #expect(outcome.code == 1, "\(outcome)")
        let run = try #require(try outcome.decoded(SuiteReport.self).cases.first?.runs.first)
        #expect(run.verdict == .failed, "\(run)")
        return run.failures
    }

    @Test("a field that is not as the words say is told with the frame's way")
    func changed() async throws {
        try add("words-route", replacing: "443 ttl 63", with: "443 ttl 64")
        let failures = try await failures()
        #expect(failures.map(\.kind) == [.packets])
        let failure = try #require(failures.first)
        #expect(failure.port == "lan")
        #expect(failure.fields == ["ipv4.timeToLive"])
        for text in [
            "case.yaml:11:5: lan: frame 1 (tcp 8.8.4.4:4000 > 10.0.0.9:443) differs from the packet that is "
                + "expected in ipv4.timeToLive",
            "ipv4.timeToLive  64        63", "frame 1 that came in by wan",
            "rewrite       ttl 64 to 63",
        ] { #expect(failure.text.contains(text), "\(failure.text)") }
    }

    @Test("a packet that was dropped is told with the reason, one that nobody expects too")
    func missing() async throws {
        try add(
            "words-route",
            replacing: "  - {port: wan, packet: ipv4 10.0.0.9 > 8.8.4.4 tcp 443 > 4000 ttl 127}",
            with: "  - {ports: [lan, dmz], packet: ipv4 8.8.4.4 > 10.0.0.9 udp 8 > 9}")
        let texts = try await failures().map(\.text)
        #expect(texts.count == 2)
        #expect(
            texts.first?.contains(
                "the packet that is expected (udp 8.8.4.4:8 > 10.0.0.9:9) did not leave by lan or dmz; it was "
                    + "dropped: timeToLiveExpired") == true, "\(texts)")
        #expect(
            texts.last?.hasPrefix("wan: frame 1 (tcp 10.0.0.9:443") == true, "\(texts)")
    }

    @Test(
        "shares out of their bounds are told with the numbers that the model has, for any workers")
    func shares() async throws {
        // 733 and 267: theme_words.py has them from Tests/Captures/model.py.
        try add(
            "words-shares-weights", replacing: "203.0.113.2: 73.3 %, 198.51.100.2: 26.7 %",
            with: "203.0.113.2: 50 %, 198.51.100.2: 50 %")
        for workers in ["1", "2", "4", "8"] {
            let failures = try await failures("--workers", workers)
            #expect(failures.map(\.kind) == [.shares])
            let lines = failures.first?.text.split(separator: "\n").map(String.init) ?? []
            #expect(
                lines == [
                    "\(library.path)/words-shares-weights/case.yaml:8:5: the shares are not as expected",
                    "    FIELD         EXPECTED  GOT",
                    "    203.0.113.2   50 %      73.3 %, 733 of 1000 flows",
                    "    198.51.100.2  50 %      26.7 %, 267 of 1000 flows",
                ])
        }
    }

    @Test("all numbers of workers agree on packets in words and shares")
    func workers() async throws {
        let outcome = try await FreewayProcess.run(
            FreewayProcess.test + [
                Repository.path("Tests/Cases"), "--filter", "words-", "--workers", "1,2,4,8", "-v",
            ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("4 cases (16 runs): 4 passed"), "\(outcome)")
    }

    @Test(
        "what cannot be run is told with its place",
        arguments: [
            (
                "in: [{port: left, packet: arp 1.2.3.4 > 1.2.3.5, at: 1s}]",
                "case.yaml:1:6: in[0].at: times count from the first frame, and this is the first"
            ),
            (
                "in: [{port: lefd, packet: arp 1.2.3.4 > 1.2.3.5}]",
                "in[0].port: the configuration has no port \"lefd\"; did you mean \"left\"?"
            ),
            (
                "in: [{port: left, packet: arp 1.2.3.4 > 1.2.3.5}]",
                "x: expects nothing, so that it cannot fail; add PORT.expect.pcap"
            ),
            (
                "nothingElse: true",
                "x: nothing comes in; add a capture PORT.in.pcap, with one of the ports"
            ),
        ])
    func broken(yaml: String, message: String) async throws {
        try library.add("x", caseFile: yaml)
        try library.remove("x/left.in.pcap")
        try library.remove("x/right.expect.pcap")
        let run = try await library.test("--json").decoded(SuiteReport.self).cases[0].runs[0]
        #expect(run.verdict == .broken)
        #expect(run.error?.contains(message) == true, "\(run)")
    }

    @Test("a port has its packets in words or in a capture, not in both")
    func both() async throws {
        try library.add(
            "x",
            caseFile: """
                in: [{port: left, packet: arp 1.2.3.4 > 1.2.3.5}]
                expect: [{port: right, packet: arp 1.2.3.4 > 1.2.3.5}]
                """)
        let run = try await library.test("--json").decoded(SuiteReport.self).cases[0].runs[0]
        let path = library.file("x")
        #expect(
            run.error == """
                \(path)/left.in.pcap: \(path)/case.yaml has packets that left receives, too; keep one of them
                \(path)/right.expect.pcap: \(path)/case.yaml expects packets of right, too; keep one of them
                """)
    }

    @Test("words beside a capture: both begin at once, and steps happen between them")
    func besideCapture() async throws {
        try library.add(
            "x",
            caseFile: """
                in:
                  - {port: right, packet: arp 1.2.3.4 > 1.2.3.5}
                  - {port: right, packet: arp 1.2.3.4 > 1.2.3.6, at: 1min}
                expect:
                  - {port: left, packet: arp 1.2.3.4 > 1.2.3.5}
                drops: {linkDown: 1}
                steps:
                  - {at: 59s, link: {port: left, state: down}}
                """)
        let outcome = try await library.test("--workers", "1,2")
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test("--update and --update-all do not take words from a case")
    func update() async throws {
        try library.add("x")
        try library.remove("x/left.in.pcap")
        try library.remove("x/right.expect.pcap")
        let words = """
            in: [{port: left, packet: ipv4 192.0.2.1 > 192.0.2.2 udp 1 > 2 ttl 9}]
            expect: [{port: right, packet: ipv4 192.0.2.1 > 192.0.2.2 udp 1 > 2 ttl 8}]

            """
        try library.write(words, to: "x/case.yaml")
        let outcome = try await library.test("--update-all")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("x/case.yaml: what it expects in words is yours to write"))
        #expect(library.scratch.names == ["x"])
        let names = try FileManager.default.contentsOfDirectory(atPath: library.file("x")).sorted()
        #expect(names == ["case.yaml", "freeway.yaml", "left.expect.pcap"])
        #expect(String(decoding: library.bytes("x/case.yaml"), as: UTF8.self) == words)
    }
}
