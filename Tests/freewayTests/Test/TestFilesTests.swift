// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// `freeway test` and files that are not what they should be: nothing that failed may look passed.
@Suite struct TestFilesTests {
    private let library = CaseLibrary()

    /// The one case's run.
    private func run() async throws -> CaseResult {
        let report = try await library.test("--json").decoded(SuiteReport.self)
        #expect(report.cases.count == 1)
        return try #require(report.cases.first?.runs.first)
    }

    @Test(
        "names that no case has are told, and the suite fails",
        arguments: ["Case.yaml", "case.json", "lan.in.cap", "lan.in.PCAP"])
    func names(name: String) async throws {
        try library.add("good")
        try FileManager.default.createDirectory(
            atPath: library.file("meant"), withIntermediateDirectories: true)
        try library.copy(CaseLibrary.input, to: "meant/\(name)")
        let outcome = try await library.test("--workers", "1,2")
        #expect(outcome.code == 1)
        #expect(
            outcome.output.contains("\(library.file("meant"))/\(name): not read under this name"),
            "\(outcome)")
        #expect(outcome.output.contains("2 cases (4 runs): 1 passed, 1 could not be judged"))
    }

    @Test("a folder whose name is not UTF-8 is told, and the suite fails")
    func undecodable() async throws {
        try library.add("good")
        let bytes =
            Array(library.file("caf").utf8CString.dropLast()) + [CChar(bitPattern: 0xe9), 0]
        #expect(rename(library.file("good"), bytes) == 0)
        try library.add("good")
        let outcome = try await library.test()
        #expect(outcome.code == 1)
        #expect(
            outcome.output.contains(
                #"/caf\xe9: a name that is not UTF-8, so that it cannot be searched"#),
            "\(outcome)")
        #expect(rename(bytes, library.file("good-again")) == 0)
    }

    @Test("an input, or an expected capture, of 0 bytes was never written: it is no empty capture")
    func empty() async throws {
        try library.add("x")
        try library.edit("x/right.expect.pcap") { _, _ in nil }
        let good = library.bytes("x/left.in.pcap")
        try Data().write(to: URL(filePath: library.file("x/left.in.pcap")))
        let input = try await run()
        #expect(input.verdict == .broken)
        #expect(
            input.error?.hasPrefix("\(library.file("x"))/left.in.pcap: is empty: it has not even")
                == true,
            "\(input)")
        try good.write(to: URL(filePath: library.file("x/left.in.pcap")))
        try library.edit("x/left.in.pcap") { _, _ in nil }
        let none = library.bytes("x/right.expect.pcap")
        try Data().write(to: URL(filePath: library.file("x/right.expect.pcap")))
        let expected = try await run()
        #expect(expected.verdict == .broken)
        #expect(expected.error?.contains("right.expect.pcap: is empty") == true, "\(expected)")
        // Captures that say that there is nothing are fine.
        try none.write(to: URL(filePath: library.file("x/right.expect.pcap")))
        #expect(try await run().verdict == .passed)
    }

    /// Takes bytes from a file's end.
    private func cut(_ name: String, _ count: Int) throws {
        try library.bytes(name).dropLast(count).write(to: URL(filePath: library.file(name)))
    }

    @Test("an input that ends in the middle of a frame is told with the failure, and with -v")
    func cutInput() async throws {
        try library.add("x")
        try cut("x/left.in.pcap", 5)
        let failed = try await library.test("--junit", library.file("report.xml"), "--tap")
        #expect(failed.code == 1)
        let note = "note: \(library.file("x"))/left.in.pcap: ends in the middle of a frame; the "
        let junit = try String(contentsOfFile: library.file("report.xml"), encoding: .utf8)
        for report in [failed.output, junit, try await library.test().output] {
            #expect(report.contains("did not leave"), "\(report)")
            #expect(report.contains(note), "\(report)")
        }
        var count = 0
        try library.edit("x/right.expect.pcap") { number, bytes in
            count = number
            return bytes
        }
        try library.edit("x/right.expect.pcap") { $0 < count ? $1 : nil }
        let passed = try await library.test("-v")
        #expect(passed.code == 0)
        #expect(passed.output.contains(note))
    }

    @Test("an expected capture that ends in the middle of a frame expects nobody knows what")
    func cutExpectation() async throws {
        try library.add("x")
        try cut("x/right.expect.pcap", 5)
        let result = try await run()
        #expect(result.verdict == .broken)
        #expect(
            result.error?.contains("right.expect.pcap: ends in the middle of frame") == true,
            "\(result)")
    }

    @Test(
        "a capture, and a folder, that may not be read are told with the reason",
        .enabled(if: Conditions.canRunAsNobody))
    func unreadable() async throws {
        try library.add("suite/capture")
        try library.add("suite/empty")
        try Data().write(to: URL(filePath: library.file("suite/empty/left.in.pcap")))
        try library.add("suite/folder")
        try library.add("suite/good")
        try library.add("suite/within/deep")
        for name in [".", "suite", "suite/capture", "suite/empty", "suite/good"] {
            chmod(library.file(name), 0o755)
        }
        chmod(library.file("suite/capture/left.in.pcap"), 0)
        chmod(library.file("suite/empty/left.in.pcap"), 0)
        chmod(library.file("suite/folder"), 0)
        // Its names can be read, and what is in it not looked at.
        chmod(library.file("suite/within"), 0o744)
        let outcome = try await FreewayProcess.run(
            FreewayProcess.test + [library.file("suite"), "--json"], through: Conditions.asNobody)
        #expect(outcome.code == 1, "\(outcome)")
        let report = try outcome.decoded(SuiteReport.self)
        #expect(report.counts.passed == 1)
        let errors = Dictionary(
            uniqueKeysWithValues: report.cases.map { ($0.name, $0.runs[0].error ?? "") })
        for name in ["capture", "empty"] {
            #expect(
                errors[name]
                    == "\(library.file("suite"))/\(name)/left.in.pcap: Permission denied"
            )
        }
        for name in ["folder", "within/deep"] {
            #expect(
                errors[name]
                    == "\(library.file("suite"))/\(name): cannot be read: Permission denied",
                "\(errors)")
        }
    }
}
