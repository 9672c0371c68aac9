// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import Glibc

/// A suite's results in the XML that GitHub, GitLab and Jenkins read: `testsuites`, a `testsuite` for
/// each folder that was searched, a `testcase` for each run.
///
/// `failure` is a case whose expectations did not come true, `error` one that could not be judged.
/// Elements and attributes are those that both schemas in use allow, and all that they demand: junit-10.xsd of
/// Jenkins' xunit plugin, and JUnit.xsd of the reports that Ant writes (windyroad/JUnit-Schema). So `testsuites` has
/// no attributes, and `testcase` none but these three. GitLab tells cases apart by `classname` and `name`.
public struct JUnitReport {
    /// The cases of one folder that was searched.
    public struct Suite {
        public let root: String
        public let cases: [CaseReport]

        public init(root: String, cases: [CaseReport]) {
            self.root = root
            self.cases = cases
        }
    }

    private let suites: [Suite]
    private let start: Int
    private let host: String

    /// - Parameters:
    ///   - start: when the cases began to run, in seconds since 1970.
    ///   - host: the machine on which they ran.
    public init(_ suites: [Suite], start: Int, host: String) {
        self.suites = suites
        self.start = start
        self.host = host.isEmpty ? "localhost" : host
    }

    /// The document, ended by a newline.
    public var xml: String {
        var text = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
        text += "<testsuites>\n"
        for (index, suite) in suites.enumerated() {
            let runs = suite.cases.flatMap(\.runs)
            let attributes =
                [("name", suite.root), ("package", "freeway"), ("id", String(index))]
                + [("timestamp", timestamp), ("hostname", host)] + Self.counts(runs)
                + [("skipped", "0"), ("time", Self.time(runs.reduce(0) { $0 + $1.seconds }))]
            text += "  <testsuite\(Self.attributes(attributes))>\n    <properties/>\n"
            for report in suite.cases {
                for run in report.runs { text += Self.element(run, of: report) }
            }
            text += "    <system-out/>\n    <system-err/>\n  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    /// In UTC, without a zone, which the schema has no place for.
    private var timestamp: String {
        var seconds = time_t(start)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func counts(_ runs: [CaseResult]) -> [(String, String)] {
        let failures = runs.count { $0.verdict == .failed }
        let errors = runs.count { $0.verdict != .failed && $0.verdict != .passed }
        return [
            ("tests", String(runs.count)), ("failures", String(failures)),
            ("errors", String(errors)),
        ]
    }

    private static func element(_ run: CaseResult, of report: CaseReport) -> String {
        var text =
            "    <testcase"
            + attributes([
                ("classname", className(report)), ("name", name(run, of: report)),
                ("time", time(run.seconds)),
            ])
        guard run.verdict != .passed else { return text + "/>\n" }
        let element = run.verdict == .failed ? "failure" : "error"
        let type =
            run.verdict == .failed
            ? run.failures.first?.kind.rawValue ?? "failed" : run.verdict.rawValue
        let body =
            "\(report.name): \(RunGroup.text(workers: [run.workers]))\nrepeat: "
            + "\(RunGroup.command(run))\n\n\(RunGroup.text(run))"
        text += ">\n      <\(element)"
        text += attributes([("message", RunGroup.summary(run)), ("type", type)])
        text += ">\(escaped(body))</\(element)>\n"
        return text + "    </testcase>\n"
    }

    /// The case's folder with dots for slashes: tools show the parts as packages.
    private static func className(_ report: CaseReport) -> String {
        let parts = report.folder.split(separator: "/").filter { $0 != "." && $0 != ".." }
        // A dot in a folder's name would look like a step down.
        let name = (parts.isEmpty ? [report.name[...]] : parts)
            .map { part in String(part.map { $0 == "." ? "_" : $0 }) }
        return name.joined(separator: ".")
    }

    /// Tools follow a case from run to run by its name, so that one worker, which is usual, is not named.
    private static func name(_ run: CaseResult, of report: CaseReport) -> String {
        let name = report.title ?? report.name
        return run.workers == 1 ? name : "\(name) [\(run.workers) workers]"
    }

    /// Seconds with a point, whatever the locale.
    private static func time(_ seconds: Double) -> String {
        let thousandths = UInt64(exactly: (max(0, seconds) * 1000).rounded()) ?? 0
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }

    private static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { name, value in
            // A parser turns a newline in an attribute into a space unless it is a reference.
            let text = escaped(value).split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "&#10;")
                .split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "&#9;")
            return " \(name)=\"\(text)\""
        }.joined()
    }

    /// For text and for values in double quotes. What XML 1.0 cannot have is made visible.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in Printable.text(text).unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
