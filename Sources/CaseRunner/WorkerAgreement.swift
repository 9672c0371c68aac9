// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import Expectations

/// Holds what several numbers of workers sent against each other: each port must have sent the same bytes at the same
/// times, in the same order.
public struct WorkerAgreement {
    private let suite: SuiteRun

    public init(_ suite: SuiteRun) { self.suite = suite }

    /// As many differences of a port are told.
    private static let told = 3

    /// Adds a failure to each run that sent or dropped otherwise than the first one that ran at all.
    public func judge(_ entry: SuiteRun.Entry, _ runs: inout [CaseResult]) {
        let ran = runs.indices.filter { [.passed, .failed].contains(runs[$0].verdict) }
        guard let first = ran.first, ran.count > 1 else { return }
        let reference = frames(entry, runs[first].workers)
        for index in ran.dropFirst() {
            let failures = differences(
                reference, runs[first], frames(entry, runs[index].workers), runs[index])
            guard !failures.isEmpty else { continue }
            runs[index].failures += failures
            runs[index].verdict = .failed
        }
    }

    private func differences(
        _ reference: [String: [CapturedFrame]], _ first: CaseResult,
        _ got: [String: [CapturedFrame]], _ run: CaseResult
    ) -> [CaseFailure] {
        let who =
            "\(RunGroup.text(workers: [run.workers])) than with "
            + RunGroup.text(workers: [first.workers])
        var failures: [CaseFailure] = []
        for port in Set(reference.keys).union(got.keys).sorted() {
            let (expected, got) = (reference[port] ?? [], got[port] ?? [])
            guard expected != got else { continue }
            let comparison = Comparison(
                port: port, expected: expected, got: got, rules: ComparisonRules(order: .strict))
            let texts = comparison.differences.prefix(Self.told).map(\.text)
            let more = comparison.differences.count + comparison.omitted - texts.count
            let what = comparison.isEqual ? "frames leave at other times" : "something else leaves"
            failures.append(
                CaseFailure(
                    .workers, port: port,
                    fields: comparison.differences.first?.fields.map(\.name) ?? ["time"],
                    text: (["\(port): \(what) with \(who)"] + texts).joined(
                        separator: "\n") + (more > 0 ? "\nand \(more) more differences" : "")))
        }
        let reasons = Set(first.dropped.keys).union(run.dropped.keys).sorted().filter {
            first.dropped[$0] ?? 0 != run.dropped[$0] ?? 0
        }
        if !reasons.isEmpty {
            let counts = reasons.map {
                "\($0): \(run.dropped[$0] ?? 0) instead of \(first.dropped[$0] ?? 0)"
            }
            failures.append(
                CaseFailure(
                    .workers, fields: reasons.map { "drops.\($0)" },
                    text: "frames are dropped otherwise with \(who): "
                        + counts.joined(separator: ", ")))
        }
        return failures
    }

    /// What left each port; a capture that is not there counts as empty.
    private func frames(_ entry: SuiteRun.Entry, _ workers: Int) -> [String: [CapturedFrame]] {
        let folder = suite.outputFolder(entry, workers: workers)
        var frames: [String: [CapturedFrame]] = [:]
        guard let entries = try? Entries(of: folder) else { return [:] }
        for file in entries.files where file.hasSuffix(".pcap") {
            frames[String(file.dropLast(5))] = try? CapturedFrame.all(in: "\(folder)/\(file)")
        }
        return frames
    }
}
