// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// `freeway test` as a user runs it: folders in, verdicts out.
@Suite struct TestCommandTests {
    private let library = CaseLibrary()

    @Test("misuse is refused with what would be right")
    func misuse() async throws {
        try library.add("good")
        for (arguments, message) in [
            (["--workers", "17"], "--workers takes 1 to 16, or several such numbers with commas"),
            (["--workers", "0"], "not \"0\""), (["--workers", "1,,2"], "not \"\""),
            (["--workers", "1-4"], "not \"1-4\""),
            (["--jobs", "0"], "--jobs takes 1 to 256, not 0"),
            (["--timeout", "soon"], "--timeout takes a time such as 90s, 500ms or 2min"),
            (["--timeout", "0"], "--timeout takes a time"),
            (["--timeout", "5"], "not \"5\"; it wants a unit: 5s, 5ms or 5min"),
            (["--timeout", "2.5"], "it wants a unit: 2.5s"),
            (["--tap", "--json"], "--tap and --json exclude each other"),
            (["--update", "--workers", "1,2"], "leave out --workers 1,2"),
        ] {
            let outcome = try await FreewayProcess.run(
                FreewayProcess.test + [library.path] + arguments)
            #expect(outcome.code == 64, "\(arguments): \(outcome)")
            #expect(outcome.errors.contains(message), "\(arguments): \(outcome)")
        }
        let nothing = try await FreewayProcess.run(["test"])
        #expect(nothing.code == 64)
        #expect(nothing.errors.contains("name a folder with cases"))
    }

    @Test("a suite whose output nobody reads fails as it would, and writes its report")
    func unread() async throws {
        try library.add("bad")
        try library.edit("bad/right.expect.pcap") { _, _ in nil }
        let outcome = try await FreewayProcess.run(
            [
                "-c", "set -o pipefail; $0 test --timeout 10min $1 -v --junit $2 | true",
                FreewayBinary.path, library.path, library.file("report.xml"),
            ], program: "bash")
        #expect(outcome.code == 1, "\(outcome)")
        let report = try String(contentsOfFile: library.file("report.xml"), encoding: .utf8)
        #expect(report.contains("failures=\"1\""), "\(report)")
    }

    @Test(
        "a folder that is missing, is a file, is empty or has no case; a filter that fits nothing")
    func nothingToRun() async throws {
        try library.add("cases/good")
        try library.write("", to: "file")
        mkdir(library.file("empty"), 0o777)
        for (folder, code, message) in [
            ("missing", 66, "cannot be read: No such file or directory"),
            ("file", 66, "not a folder; name the folder of a case"),
            ("empty", 64, "the folder is empty; a case is a folder with freeway.yaml"),
        ] {
            let outcome = try await library.test(folders: [library.file(folder)])
            #expect(outcome.code == Int32(code), "\(outcome)")
            #expect(outcome.errors.hasPrefix("freeway: \(library.file(folder)): "))
            #expect(outcome.errors.contains(message))
            #expect(outcome.output == "")
        }
        let outcome = try await library.test("--filter", "god")
        #expect(outcome.code == 64)
        #expect(
            outcome.errors
                == "freeway: --filter god: none of 1 cases has that in its path or title; "
                + "did you mean \"good\"?\n")
    }

    @Test("cases that pass are quiet; --verbose names them; --json counts them")
    func passing() async throws {
        try library.add("a", caseFile: "title: Frames cross unchanged\n")
        try library.add("deep/b")
        let quiet = try await library.test("--workers", "1,2")
        #expect(quiet.code == 0, "\(quiet)")
        #expect(quiet.errors == "")
        #expect(quiet.output.hasPrefix("2 cases (4 runs): 2 passed, in "))
        #expect(quiet.output.split(separator: "\n").count == 1)
        #expect(quiet.leftovers == [])
        let verbose = try await library.test("-v")
        #expect(
            verbose.output.hasPrefix("ok    a: Frames cross unchanged\nok    deep/b\n2 cases: "))
        let report = try await library.test("--json", "--filter", "CROSS").decoded(SuiteReport.self)
        #expect(report.passed)
        #expect(report.cases.map(\.name) == ["a"])
        #expect(report.cases[0].title == "Frames cross unchanged")
        #expect(report.cases[0].runs[0].received > 0)
        #expect(report.cases[0].runs[0].seconds > 0)
    }

    @Test("a case that fails says which field, the frame's way, and how to repeat it; others go on")
    func failing() async throws {
        try library.add("bad")
        try library.edit("bad/right.expect.pcap") { number, bytes in
            var bytes = bytes
            if number == 1 { bytes[0] ^= 0xff }
            return bytes
        }
        try library.add("good")
        let outcome = try await library.test()
        #expect(outcome.code == 1)
        #expect(
            outcome.output.hasPrefix("FAIL  bad\n      \(library.file("bad")), with 1 worker\n"))
        #expect(outcome.output.contains("repeat: freeway test \(library.file("bad"))\n"))
        #expect(outcome.output.contains("ethernet.destination"))
        #expect(
            outcome.output.contains("crossConnect  left is joined with right: leaves unchanged"))
        #expect(outcome.output.contains("2 cases: 1 passed, 1 failed, in "))
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test("with several numbers of workers a failure is told once, and it says with which")
    func failingWithWorkers() async throws {
        try library.add("bad")
        try library.edit("bad/right.expect.pcap") { number, bytes in number == 1 ? nil : bytes }
        let outcome = try await library.test("--workers", "1,2,4")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("with 1, 2 and 4 workers\n"), "\(outcome)")
        #expect(outcome.output.components(separatedBy: "FAIL").count == 2)
        let report = try await library.test("--workers", "1,2,4", "--json").decoded(
            SuiteReport.self)
        #expect(report.counts.cases == 1)
        #expect(report.counts.runs == 3)
        #expect(report.cases[0].runs.map(\.workers) == [1, 2, 4])
        #expect(report.cases[0].runs.allSatisfy { $0.failures.map(\.kind) == [.frames] })
    }

    @Test("cases that cannot be run say why, each for itself, and never stop the others")
    func broken() async throws {
        try library.add("config")
        try library.write("version: 1\nforwrad: route\n", to: "config/freeway.yaml")
        try library.add("expects-nothing")
        try library.remove("expects-nothing/right.expect.pcap")
        try library.add("good")
        try library.add("key", caseFile: "title: x\nordre: any\n")
        try library.add("malformed")
        try library.write("no capture", to: "malformed/left.in.pcap")
        try library.add("no-config")
        try library.remove("no-config/freeway.yaml")
        try library.add("no-input")
        try library.remove("no-input/left.in.pcap")
        try library.add("port")
        try library.copy(CaseLibrary.input, to: "port/rigth.expect.pcap")
        let outcome = try await library.test("--json")
        #expect(outcome.code == 1)
        let report = try outcome.decoded(SuiteReport.self)
        #expect(report.counts.passed == 1)
        #expect(report.counts.broken == 7)
        var errors: [String: String] = [:]
        for item in report.cases where item.verdict != .passed {
            #expect(item.verdict == .broken, "\(item)")
            errors[item.name] = item.runs[0].error ?? ""
        }
        for (name, text) in [
            ("config", "freeway.yaml:2:1: forwrad: unknown key; did you mean \"forward\"?"),
            ("expects-nothing", "expects nothing, so that it cannot fail; add PORT.expect.pcap"),
            ("key", "case.yaml:2:1: ordre: unknown key; did you mean \"order\"?"),
            ("malformed", "left.in.pcap: not a pcap or pcapng capture"),
            ("no-config", "has no freeway.yaml; put the configuration there"),
            (
                "no-input",
                "nothing comes in; add a capture PORT.in.pcap, with one of the ports left"
            ),
            ("port", "has no port rigth; did you mean \"right\"? Its ports are left, right"),
        ] { #expect(errors[name]?.contains(text) == true, "\(name): \(errors[name] ?? "none")") }
    }

    @Test(
        "a case that hangs is killed at its time limit; one that crashes is named with its signal")
    func hangAndCrash() async throws {
        try library.add("good")
        // Nobody writes to it, so that whoever opens it to read waits for ever.
        try library.add("hangs")
        try library.remove("hangs/freeway.yaml")
        mkfifo(library.file("hangs/freeway.yaml"), 0o666)
        let hung = try await library.test("--timeout", "500ms", "--filter", "hangs", "--json")
        #expect(hung.code == 1)
        #expect(hung.leftovers == [])
        let report = try hung.decoded(SuiteReport.self)
        #expect(report.cases[0].verdict == .timedOut)
        #expect(
            report.cases[0].runs[0].error
                == "did not end within 500 ms and was killed; --timeout sets "
                + "the limit")
        let process = try FreewayProcess(FreewayProcess.test + [library.path, "--json"])
        let child = try #require(
            await firstAnswer { Self.children(of: process.pid, of: "hangs").first })
        kill(child, SIGSEGV)
        let crashed = try await process.outcome()
        #expect(crashed.code == 1)
        #expect(crashed.leftovers == [])
        let cases = try crashed.decoded(SuiteReport.self).cases
        #expect(cases.map(\.verdict) == [.passed, .crashed])
        #expect(
            cases[1].runs[0].error?.hasPrefix(
                "the process ended by SIGSEGV (segmentation fault); this is a fault of Freeway")
                == true)
    }

    @Test("Ctrl-C ends the children and leaves nothing; so does the death of the parent")
    func interruption() async throws {
        try library.add("hangs")
        try library.remove("hangs/freeway.yaml")
        mkfifo(library.file("hangs/freeway.yaml"), 0o666)
        for signal in [SIGINT, SIGTERM, SIGKILL] {
            let junit = library.file("report.xml")
            let process = try FreewayProcess(
                FreewayProcess.test + [library.path, "--junit", junit])
            let child = try #require(
                await firstAnswer { Self.children(of: process.pid, of: "hangs").first })
            process.send(signal)
            let outcome = try await process.outcome()
            let isGone = await firstAnswer { kill(child, 0) == -1 ? true : nil }
            #expect(isGone == true, "signal \(signal)")
            guard signal != SIGKILL else { continue }
            #expect(outcome.code == 130)
            #expect(outcome.errors == "freeway: interrupted; no report was written\n")
            #expect(outcome.leftovers == [])
            #expect(!FileManager.default.fileExists(atPath: junit))
        }
    }

    /// Processes that run the case of this name. The kernel lists them by the thread that started them.
    private static func children(of parent: Int32, of name: String) -> [Int32] {
        let threads =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? []
        let children = threads.flatMap { thread in
            let path = "/proc/\(parent)/task/\(thread)/children"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
        return children.filter { child in
            let words = FileManager.default.contents(atPath: "/proc/\(child)/cmdline") ?? Data()
            return String(decoding: words, as: UTF8.self).contains("/\(name)\0")
        }
    }

    @Test(
        "--junit writes a file that can be read, also when cases fail; one that cannot be is refused"
    )
    func junit() async throws {
        try library.add("good")
        try library.add("bad")
        try library.edit("bad/right.expect.pcap") { number, bytes in number == 1 ? nil : bytes }
        let file = library.file("report.xml")
        let outcome = try await library.test("--junit", file)
        #expect(outcome.code == 1)
        let xml = try String(contentsOfFile: file, encoding: .utf8)
        #expect(xml.contains("tests=\"2\" failures=\"1\" errors=\"0\""))
        #expect(xml.contains("<failure message=\"right: "))
        let refused = try await library.test("--junit", library.file("no/report.xml"))
        #expect(refused.code == 73)
        #expect(refused.errors.contains("no/report.xml: cannot be created: No such file"))
        #expect(refused.output == "")
    }

    @Test("--tap: a plan and a line for each case, in order")
    func tap() async throws {
        try library.add("a")
        try library.add("b")
        let outcome = try await library.test("--tap")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("TAP version 14\n1..2\nok 1 - a\nok 2 - b\n# 2 cases: "))
    }

    @Test("drops, nothingElse, frames and queries of case.yaml: each failure names what differs")
    func caseFile() async throws {
        try library.add(
            "all",
            caseFile: """
                title: Each of these is wrong
                drops: {notConnected: 3}
                nothingElse: true
                frames:
                  - {port: right, frame: 1, fields: {ethernet.etherType: 0x1234}}
                steps:
                  - {at: end, query: /v1/stats, expect: {ledger: {inTransit: 5}}}
                """)
        try library.remove("all/right.expect.pcap")
        let report = try await library.test("--json").decoded(SuiteReport.self)
        let failures = report.cases[0].runs[0].failures
        #expect(
            Set(failures.map(\.kind)) == [.nothingElse, .fields, .drops, .query],
            "\(report.cases[0].runs[0])")
        func fields(_ kind: CaseFailure.Kind) -> [String] {
            failures.first { $0.kind == kind }?.fields ?? []
        }
        #expect(fields(.fields) == ["ethernet.etherType"])
        #expect(fields(.drops) == ["drops.notConnected"])
        #expect(fields(.query) == ["ledger.inTransit"])
    }

    @Test("a frame that did not leave is told with the reason for which it was dropped")
    func missingFrame() async throws {
        try library.add("missing")
        // Nothing is joined with left any more: its frames are dropped.
        try library.write(
            "title: x\nsteps:\n  - {at: 0s, link: {port: right, state: down}}\n",
            to: "missing/case.yaml")
        let report = try await library.test("--json").decoded(SuiteReport.self)
        let texts = report.cases[0].runs[0].failures.map(\.text)
        #expect(
            texts.contains { $0.contains("did not leave; it was dropped: linkDown") }, "\(texts)")
    }

    @Test("a reader that goes away ends the suite, and nothing is left behind")
    func brokenPipe() async throws {
        for name in 1...8 { try library.add("case-\(name)") }
        let outcome = try await FreewayProcess.run(
            ["-c", "\"$1\" test \"$2\" --tap | head -n 1", "sh", FreewayBinary.path, library.path],
            program: "/bin/sh")
        #expect(outcome.output == "TAP version 14\n")
        #expect(outcome.leftovers == [])
    }

    @Test("on a terminal: how far it has come, and colours unless NO_COLOR is set")
    func terminal() async throws {
        try library.add("good")
        for (variables, isColoured) in [(["TERM": "xterm"], true), (["NO_COLOR": "1"], false)] {
            let outcome = try await FreewayProcess.run(
                ["-qec", "\(FreewayBinary.path) test \(library.path)", "/dev/null"],
                program: "/usr/bin/script", environment: variables)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output.contains("\r0/1  good\u{1b}[K"), "\(outcome)")
            #expect(outcome.output.contains("\r1/1  good\u{1b}[K"), "\(outcome)")
            #expect(outcome.output.contains("\u{1b}[32m1 passed") == isColoured, "\(outcome)")
        }
    }

    @Test("--keep: what left the ports stays, and two runs give the same bytes")
    func keep() async throws {
        try library.add("cases/a")
        try library.add("cases/b")
        for name in ["first", "second"] {
            let outcome = try await library.test(
                "--keep", library.file(name), folders: [library.file("cases")])
            #expect(outcome.code == 0, "\(outcome)")
        }
        for name in ["a", "b"] {
            for port in ["left", "right"] {
                let first = library.bytes("first/\(name)/1-workers/\(port).pcap")
                #expect(first == library.bytes("second/\(name)/1-workers/\(port).pcap"))
                #expect(first.count >= 24)
            }
        }
    }
}
