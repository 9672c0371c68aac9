// SPDX-License-Identifier: Apache-2.0

import CaseRunner
import ControlAPI
import Foundation
import TestSupport
import Testing

@Suite struct ReportTests {
    /// Text that breaks what does not escape it.
    static let hostile = "a<b>&\"c'\u{1b}[31m]]>\u{0}é\tz\u{fffe}"

    static func result(
        _ folder: String, _ verdict: CaseResult.Verdict, workers: Int = 1, text: String = "",
        seconds: Double = 0.25
    ) -> CaseResult {
        CaseResult(
            folder: folder, workers: workers, verdict: verdict,
            failures: verdict == .failed
                ? [CaseFailure(.frames, port: "lan", fields: ["ipv4.timeToLive"], text: text)] : [],
            error: verdict == .failed || verdict == .passed ? nil : text, seconds: seconds)
    }

    static func report(_ name: String, title: String? = nil, _ runs: [CaseResult]) -> CaseReport {
        CaseReport(name: name, folder: runs[0].folder, title: title, runs: runs)
    }

    static let reports = [
        report("route/good", [result("c/route/good", .passed)]),
        report(
            "route/v1.2", title: "TTL \(hostile)",
            [
                result("c/route/v1.2", .passed),
                result("c/route/v1.2", .failed, workers: 8, text: "first \(hostile)\nsecond line"),
            ]),
        report("it's", [result("c/it's", .crashed, text: "SIGSEGV\nlast words", seconds: 61.0004)]),
    ]

    /// The document as Python's XML parser reads it: one line of JSON for each element.
    private func parsed(_ xml: String) throws -> [[String: String]] {
        let folder = try TemporaryFolder()
        let file = folder.url.path + "/report.xml"
        try xml.write(toFile: file, atomically: false, encoding: .utf8)
        let text = try python(
            """
            import json, sys, xml.etree.ElementTree as tree
            for element in tree.parse(sys.argv[1]).getroot().iter():
                print(json.dumps({"tag": element.tag, "text": element.text or "", **element.attrib}))
            """, file)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
    }

    /// What a program prints that is given a file.
    private func python(_ program: String, _ file: String) throws -> String {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = ["-c", program, file]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "\(program): \(text)")
        return text
    }

    @Test("JUnit: a parser reads every element, attribute and text back")
    func junit() throws {
        let xml = JUnitReport(
            [JUnitReport.Suite(root: "c", cases: Self.reports)], start: 1_764_408_245,
            host: "ci-1"
        ).xml
        let elements = try parsed(xml)
        #expect(
            elements.map { $0["tag"] ?? "" } == [
                "testsuites", "testsuite", "properties", "testcase", "testcase", "testcase",
                "failure",
                "testcase", "error", "system-out", "system-err",
            ])
        #expect(elements[1]["tests"] == "4")
        #expect(elements[1]["failures"] == "1")
        #expect(elements[1]["errors"] == "1")
        #expect(elements[1]["name"] == "c")
        // As date --utc --date=@1764408245 says.
        #expect(elements[1]["timestamp"] == "2025-11-29T09:24:05")
        #expect(elements[1]["hostname"] == "ci-1")
        #expect(elements[3]["classname"] == "c.route.good")
        #expect(elements[3]["name"] == "route/good")
        #expect(elements[3]["time"] == "0.250")
        // One worker keeps the plain name, so that tools follow the case from run to run.
        let visible = #"a<b>&"c'\x1b[31m]]>\x00é"# + "\tz" + #"\u{fffe}"#
        #expect(elements[4]["name"] == "TTL \(visible)")
        #expect(elements[5]["name"] == "TTL \(visible) [8 workers]")
        #expect(elements[5]["classname"] == "c.route.v1_2")
        #expect(elements[6]["message"] == "first \(visible)")
        #expect(elements[6]["type"] == "frames")
        let body = try #require(elements[6]["text"])
        #expect(body.contains("repeat: freeway test c/route/v1.2 --workers 8\n"))
        #expect(body.hasSuffix("first \(visible)\nsecond line"))
        #expect(elements[7]["time"] == "61.000")
        #expect(elements[8]["type"] == "crashed")
        #expect(elements[8]["text"]?.contains(#"repeat: freeway test 'c/it'\''s'"#) == true)
    }

    /// What each element must have, and may have beside it, in both schemas: junit-10.xsd of Jenkins' xunit
    /// plugin and JUnit.xsd of windyroad/JUnit-Schema.
    private static let schema: [String: (required: Set<String>, optional: Set<String>)] = [
        "testsuites": ([], []), "properties": ([], []), "system-out": ([], []),
        "system-err": ([], []),
        "testsuite": (
            [
                "name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors",
                "time",
            ],
            ["skipped"]
        ),
        "testcase": (["name", "classname", "time"], []),
        "failure": (["type"], ["message"]), "error": (["type"], ["message"]),
    ]

    @Test("JUnit: elements and attributes are those that Jenkins' and Ant's schemas share")
    func junitSchemas() throws {
        let xml = JUnitReport(
            [
                JUnitReport.Suite(root: "a", cases: Self.reports),
                JUnitReport.Suite(root: "b", cases: []),
            ], start: 0, host: ""
        ).xml
        for var element in try parsed(xml) {
            let tag = try #require(element["tag"])
            element["tag"] = nil
            element["text"] = nil
            let rule = try #require(Self.schema[tag], "\(tag)")
            #expect(rule.required.isSubset(of: element.keys), "\(tag): \(element)")
            #expect(
                Set(element.keys).isSubset(of: rule.required.union(rule.optional)),
                "\(tag): \(element)")
        }
        let suites = try parsed(xml).filter { $0["tag"] == "testsuite" }
        #expect(suites.map { $0["id"] ?? "" } == ["0", "1"])
        #expect(suites.map { $0["hostname"] ?? "" } == ["localhost", "localhost"])
        #expect(suites.allSatisfy { $0["timestamp"] == "1970-01-01T00:00:00" })
    }

    @Test("JUnit: junitparser, which tools of GitHub and others use, reads all of it")
    func junitparser() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.path + "/report.xml"
        let xml = JUnitReport(
            [JUnitReport.Suite(root: "c", cases: Self.reports)], start: 0, host: ""
        ).xml
        try xml.write(toFile: file, atomically: false, encoding: .utf8)
        let answer = try python(
            """
            import sys, junitparser
            for suite in junitparser.JUnitXml.fromfile(sys.argv[1]):
                print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
                for case in suite:
                    print(case.classname, case.time, [type(result).__name__ for result in case.result])
            """, file)
        #expect(
            answer == """
                c 4 1 1 0
                c.route.good 0.25 []
                c.route.v1_2 0.25 []
                c.route.v1_2 0.25 ['Failure']
                c.it's 61.0 ['Error']

                """)
    }

    @Test("what is odd about a capture stands behind what failed")
    func notes() {
        var run = Self.result("c/x", .failed, text: "lan: something differs")
        run.notes = ["c/x/wan.in.pcap: ends in the middle of a frame"]
        let group = RunGroup.failures(of: Self.report("x", [run]))
        #expect(
            group.map(\.text) == [
                "lan: something differs\n\nnote: c/x/wan.in.pcap: ends in the middle of a frame"
            ])
    }

    @Test("JUnit: a suite for each folder, with its own counts")
    func suites() throws {
        let elements = try parsed(
            JUnitReport(
                [
                    JUnitReport.Suite(root: "a", cases: [Self.reports[0]]),
                    JUnitReport.Suite(root: "b", cases: [Self.reports[2]]),
                ], start: 0, host: ""
            ).xml)
        let suites = elements.filter { $0["tag"] == "testsuite" }
        #expect(suites.map { $0["name"] ?? "" } == ["a", "b"])
        #expect(suites.map { $0["errors"] ?? "" } == ["0", "1"])
        #expect(suites.map { $0["tests"] ?? "" } == ["1", "1"])
    }

    @Test("TAP: a plan, a line for each case, a YAML block for what did not pass")
    func tap() throws {
        var text = TAPReport.header(count: 3)
        for (index, report) in Self.reports.enumerated() {
            text += TAPReport.lines(index + 1, report)
        }
        #expect(
            text == """
                TAP version 14
                1..3
                ok 1 - route/good
                not ok 2 - route/v1.2: TTL a<b>&"c'\\\\x1b[31m]]>\\\\x00é\\\\tz\\\\u{fffe}
                  ---
                  verdict: failed
                  folder: "c/route/v1.2"
                  runs:
                    - workers: [8]
                      repeat: "freeway test c/route/v1.2 --workers 8"
                      message: |2-
                        first a<b>&"c'\\x1b[31m]]>\\x00é\tz\\u{fffe}
                        second line
                  ...
                not ok 3 - it's
                  ---
                  verdict: crashed
                  folder: "c/it's"
                  runs:
                    - workers: [1]
                      repeat: "freeway test 'c/it'\\\\''s'"
                      message: |2-
                        SIGSEGV
                        last words
                  ...

                """)
    }

    @Test("TAP: a number sign in a name is no directive")
    func tapDirective() {
        let report = Self.report("a # SKIP", [Self.result("a # SKIP", .passed)])
        #expect(TAPReport.lines(1, report) == "ok 1 - a \\# SKIP\n")
    }

    @Test("runs that say the same are one group; those that passed are none")
    func groups() {
        func runs(_ texts: [(Int, String?)]) -> CaseReport {
            Self.report(
                "x",
                texts.map { workers, text in
                    Self.result(
                        "x", text == nil ? .passed : .failed, workers: workers, text: text ?? "")
                })
        }
        let alike = RunGroup.failures(of: runs([(1, "a"), (2, "a"), (4, "b"), (8, "a")]))
        #expect(alike.map(\.workers) == ["1, 2 and 8 workers", "4 workers"])
        #expect(alike.map(\.command) == ["freeway test x", "freeway test x --workers 4"])
        #expect(RunGroup.failures(of: runs([(1, nil), (2, "a")])).map(\.workers) == ["2 workers"])
        #expect(RunGroup.failures(of: runs([(1, "a")])).map(\.workers) == ["1 worker"])
    }

    @Test("the verdict of a case is the worst of its runs, and broken ones are counted apart")
    func counts() {
        let report = SuiteReport(cases: Self.reports, seconds: 2)
        #expect(Self.reports.map(\.verdict) == [.passed, .failed, .crashed])
        #expect(report.counts.cases == 3)
        #expect(report.counts.runs == 4)
        #expect(report.counts.passed == 1)
        #expect(report.counts.failed == 1)
        #expect(report.counts.broken == 1)
        #expect(!report.passed)
    }
}
