// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Expectations
import Forwarding
import FreewayConfiguration
import Replays

/// Holds what a replay did against what its case expects.
struct Judgement {
    private let plan: CasePlan
    private let got: [String: [CapturedFrame]]
    private let report: ReplayReport
    private let tracing: FrameTracing?
    private let dropped: DroppedFrames?

    /// - Parameters:
    ///   - got: what left each port, by name.
    ///   - journeys: the ways of the frames, where they are to be told.
    init(
        _ plan: CasePlan, got: [String: [CapturedFrame]], report: ReplayReport,
        journeys: FrameJourneys?
    ) {
        self.plan = plan
        self.got = got
        self.report = report
        tracing = journeys.map(FrameTracing.init)
        dropped = journeys.map(DroppedFrames.init)
    }

    /// In the order: ports of the configuration, shares, packets in words, single frames, drops, queries.
    func failures() throws(CasePlan.Fault) -> [CaseFailure] {
        var failures: [CaseFailure] = []
        for port in plan.configuration.ports {
            let capture = plan.folder.expectations.first { $0.port == port.name }
            failures += try self.failures(port: port.name, capture)
        }
        failures += self.failures(
            .shares,
            plan.file.shares.compactMap {
                $0.difference(got: got, configuration: plan.configuration, path: plan.file.path)
            })
        let packets = plan.file.packets.differences(
            got: got, rules: plan.file.rules, path: plan.file.path)
        failures += self.failures(.packets, packets.differences)
        if packets.omitted > 0 {
            failures.append(
                CaseFailure(.packets, text: "and \(packets.omitted) more differences of packets"))
        }
        let frames = plan.file.frames.differences(got: got, path: plan.file.path)
        failures += self.failures(.fields, frames)
        if let difference = plan.file.drops?.difference(
            got: report.ledger.dropped, path: plan.file.path)
        {
            failures.append(dropFailure(difference))
        }
        return failures + queryFailures()
    }

    private func failures(
        port: String, _ capture: CaseFolder.Capture?
    ) throws(CasePlan.Fault) -> [CaseFailure] {
        let sent = got[port] ?? []
        guard let capture else {
            let isExpected = plan.file.packets.ports.contains(port)
            guard plan.file.nothingElse, !isExpected, !sent.isEmpty else { return [] }
            let extra = Comparison(port: port, expected: [], got: sent, rules: plan.file.rules)
            return failures(.nothingElse, extra.differences)
                + omitted(extra.omitted, .nothingElse, port)
        }
        let expected = try CaseExecution.frames(of: capture.path)
        let comparison = Comparison(
            port: port, expected: expected, got: sent, rules: plan.file.rules)
        return failures(.frames, comparison.differences)
            + omitted(comparison.omitted, .frames, port)
    }

    private func omitted(
        _ count: Int, _ kind: CaseFailure.Kind, _ port: String
    ) -> [CaseFailure] {
        count == 0
            ? [] : [CaseFailure(kind, port: port, text: "\(port): and \(count) more differences")]
    }

    private func failures(
        _ kind: CaseFailure.Kind, _ differences: [Difference]
    ) -> [CaseFailure] {
        var differences = differences
        tracing?.explain(&differences)
        return differences.map { difference in
            CaseFailure(
                kind, port: difference.port, fields: difference.fields.map(\.name),
                text: difference.text)
        }
    }

    /// With the frames that were dropped for the reasons whose counts differ.
    private func dropFailure(_ difference: Difference) -> CaseFailure {
        let reasons = difference.fields.map { String($0.name.trimmingPrefix("drops.")) }
        let lines = [difference.text] + (dropped?.lines(for: reasons) ?? []).map { "    " + $0 }
        return CaseFailure(
            .drops, fields: difference.fields.map(\.name), text: lines.joined(separator: "\n"))
    }

    private func queryFailures() -> [CaseFailure] {
        var failures: [CaseFailure] = []
        for answer in report.answers ?? [] where plan.file.steps.indices.contains(answer.step) {
            guard let bytes = try? ControlJSON.encode(answer.reply),
                let difference = plan.file.difference(plan.file.steps[answer.step], answer: bytes)
            else { continue }
            failures += self.failures(.query, [difference])
        }
        return failures
    }
}
