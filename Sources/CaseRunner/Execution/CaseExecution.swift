// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import Expectations
import Forwarding
import FreewayConfiguration
public import Replays

/// Runs one case with one number of workers. Once in a process, since DPDK starts once.
public struct CaseExecution {
    /// What is asked of a run beside its verdict.
    public struct Options: Sendable {
        /// Whether to say what of its configuration the case used.
        public var recordsCoverage = false
        /// Whether to tell the way of frames through the stages.
        public var tellsJourneys = false
        /// Whether a case that expects nothing is at fault.
        public var needsExpectation = true
        /// How frames come in.
        public var intake = Replay.Intake.usual
        /// What `/v1/version` answers.
        public var version = ""

        public init() {}
    }

    private let path: String
    private let workers: Int
    private let outputs: String
    private let options: Options

    /// - Parameters:
    ///   - path: the case's folder.
    ///   - outputs: a folder for `PORT.pcap`, what left each port.
    public init(_ path: String, workers: Int, outputs: String, options: Options) {
        self.path = path
        self.workers = workers
        self.outputs = outputs
        self.options = options
    }

    /// Never throws: what goes wrong is in the result.
    public func run() -> CaseResult {
        var result = CaseResult(folder: path, workers: workers, verdict: .passed)
        do throws(CasePlan.Fault) {
            let plan = try CasePlan(
                Self.folder(path), needsExpectation: options.needsExpectation)
            result.title = plan.file.title
            result.notes = plan.folder.notes
            try run(plan, &result)
        } catch {
            result.verdict = .broken
            result.error = error.text
        }
        return result
    }

    private static func folder(_ path: String) throws(CasePlan.Fault) -> CaseFolder {
        let entries: Entries
        do throws(Entries.Failure) {
            entries = try Entries(of: path)
        } catch {
            throw CasePlan.Fault("\(path): \(error.text)")
        }
        guard let folder = CaseFolder(path: path, name: path, root: path, entries)
        else { throw CasePlan.Fault("\(path): no case: it has no PORT.in.pcap and no case.yaml") }
        return folder
    }

    private func run(_ plan: CasePlan, _ result: inout CaseResult) throws(CasePlan.Fault) {
        var replay = Replay(plan.configuration)
        let words = try WordInputs(plan)
        replay.inputs = Dictionary(
            uniqueKeysWithValues: plan.folder.inputs.map { ($0.port, $0.path) } + words.captures)
        replay.outputs = Dictionary(
            uniqueKeysWithValues: plan.configuration.ports.map {
                ($0.name, "\(outputs)/\($0.name).pcap")
            })
        replay.workers = workers
        replay.intake = options.intake
        replay.admitsAny = plan.file.anyMAC
        replay.steps = plan.steps
        replay.version = options.version
        replay.recordsJourneys = options.tellsJourneys || options.recordsCoverage
        if !options.recordsCoverage {
            replay.journeyLimits.frames = 0..<ReplayExpectations.tracedFrames
        }
        let outcome: Replay.Outcome
        do throws(ForwarderError) {
            outcome = try withExtendedLifetime(words) { () throws(ForwarderError) in
                try replay.run(machine: .current())
            }
        } catch {
            throw CasePlan.Fault(error.description)
        }
        result.notes += outcome.report.notes
        result.received = outcome.report.ledger.received
        result.dropped = outcome.report.ledger.dropped
        var got: [String: [CapturedFrame]] = [:]
        for (port, path) in replay.outputs { got[port] = try Self.frames(of: path) }
        let judgement = Judgement(
            plan, got: got, report: outcome.report,
            journeys: options.tellsJourneys ? outcome.journeys : nil)
        result.failures = try judgement.failures()
        result.verdict = result.failures.isEmpty ? .passed : .failed
        if options.recordsCoverage, let journeys = outcome.journeys {
            result.coverage = CoverageCount(
                plan.configuration, steps: plan.steps
            ).counted(journeys)
        }
    }

    /// All frames of a capture that must be whole.
    static func frames(of path: String) throws(CasePlan.Fault) -> [CapturedFrame] {
        do throws(CaptureError) {
            return try CapturedFrame.all(in: path)
        } catch {
            throw CasePlan.Fault(error.description)
        }
    }
}
