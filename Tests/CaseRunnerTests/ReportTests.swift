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
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = [
            "-c",
            """
            import json, sys, xml.etree.ElementTree as tree
            for element in tree.parse(sys.argv[1]).getroot().iter():
                print(json.dumps({"tag": element.tag, "text": element.text or "", **element.attrib}))
            """, file,
        ]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "not well-formed: \(xml)")
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
    }

    @Test("JUnit: a parser reads every element, attribute and text back")
    func junit() throws {
        let xml = JUnitReport(
            [JUnitReport.Suite(root: "c", cases: Self.reports)], seconds: 1.5
        ).xml
        let elements = try parsed(xml)
        #expect(
            elements.map { $0["tag"] ?? "" } == [
                "testsuites", "testsuite", "testcase", "testcase", "testcase", "failure",
                "testcase",
                "error",
            ])
        for element in elements[..<2] {
            #expect(element["tests"] == "4")
            #expect(element["failures"] == "1")
            #expect(element["errors"] == "1")
        }
        #expect(elements[0]["time"] == "1.500")
        #expect(elements[1]["name"] == "c")
        #expect(elements[2]["classname"] == "c.route.good")
        #expect(elements[2]["name"] == "route/good")
        #expect(elements[2]["file"] == "c/route/good")
        #expect(elements[2]["time"] == "0.250")
        // One worker keeps the plain name, so that tools follow the case from run to run.
        let visible = #"a<b>&"c'\x1b[31m]]>\x00é"# + "\tz" + #"\u{fffe}"#
        #expect(elements[3]["name"] == "TTL \(visible)")
        #expect(elements[4]["name"] == "TTL \(visible) [8 workers]")
        #expect(elements[4]["classname"] == "c.route.v1_2")
        #expect(elements[5]["message"] == "first \(visible)")
        #expect(elements[5]["type"] == "frames")
        let body = try #require(elements[5]["text"])
        #expect(body.contains("repeat: freeway test c/route/v1.2 --workers 8\n"))
        #expect(body.hasSuffix("first \(visible)\nsecond line"))
        #expect(elements[6]["time"] == "61.000")
        #expect(elements[7]["type"] == "crashed")
        #expect(elements[7]["text"]?.contains(#"repeat: freeway test 'c/it'\''s'"#) == true)
    }

    @Test("JUnit: a suite for each folder, with its own counts")
    func suites() throws {
        let elements = try parsed(
            JUnitReport(
                [
                    JUnitReport.Suite(root: "a", cases: [Self.reports[0]]),
                    JUnitReport.Suite(root: "b", cases: [Self.reports[2]]),
                ], seconds: 1
            ).xml)
        let suites = elements.filter { $0["tag"] == "testsuite" }
        #expect(suites.map { $0["name"] ?? "" } == ["a", "b"])
        #expect(suites.map { $0["errors"] ?? "" } == ["0", "1"])
        #expect(elements[0]["tests"] == "2")
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
