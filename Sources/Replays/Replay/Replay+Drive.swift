// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import DPDK
import Dataplane
import Forwarding
import FreewayConfiguration
import Synchronization

extension Replay {
    /// Runs the workers until every frame has left, and checks that none was lost.
    func drive(
        _ forwarder: Forwarder, _ collector: FrameCollector,
        _ limits: JourneyRecorder.Limits?, _ surveys: [String: CaptureSurvey], _ total: UInt64,
        _ dropCapture: DropCapture?, _ progress: (Progress) -> Void
    ) throws(ForwarderError) -> Outcome {
        let clock = ContinuousClock()
        let began = clock.now
        let answers: [ReplayAnswer]?
        var tellers = [(from: 0, teller: JourneyTeller(forwarder))]
        do throws(ForwarderError) {
            try collector.start()
            try forwarder.start(limits.map { .recorded($0) } ?? .floating)
            answers = try runSteps(forwarder, collector, &tellers, surveys, total, progress)
        } catch {
            forwarder.group.stop()
            _ = try? collector.finish()
            throw error
        }
        forwarder.group.stop()
        let written: UInt64
        do throws(CaptureError) {
            written = try collector.finish()
        } catch {
            throw ForwarderError(error)
        }
        let elapsed = clock.now - began
        let tallies = forwarder.group.readTallies()
        try check(forwarder, tallies, total, written)
        let drops = DropReading(forwarder).allFrames
        try dropCapture?.write(drops)
        do throws(CaptureError) {
            try collector.publish()
        } catch {
            throw ForwarderError(error)
        }
        try dropCapture?.publish()
        var report = report(forwarder, tallies, surveys, elapsed, answers)
        report.drops = Dictionary(grouping: drops, by: \.reason)
        return Outcome(
            report: report, journeys: journeys(of: forwarder, collector, total, tellers))
    }

    /// Waits until every frame has left, and makes the steps happen on the way.
    /// - Parameter tellers: gets one for each step that changes what is in force.
    /// - Returns: the answers to queries; nil when there are none among the steps.
    private func runSteps(
        _ forwarder: Forwarder, _ collector: FrameCollector,
        _ tellers: inout [(from: Int, teller: JourneyTeller)],
        _ surveys: [String: CaptureSurvey], _ total: UInt64, _ progress: (Progress) -> Void
    ) throws(ForwarderError) -> [ReplayAnswer]? {
        let group = forwarder.group
        let steps = stepsInOrder
        guard !steps.isEmpty, let schedule = group.schedule else {
            try wait(for: group, collector, total, progress)
            return nil
        }
        let timeline = try timeline(surveys)
        let start = timeline.first
        var now = start
        var runner = try ReplayStepRunner(forwarder, version: version, start: start)
        let pauses = pauses(first: start)
        for (position, (index, step)) in steps.enumerated() {
            if position < pauses.count {
                try wait(
                    for: group, collector, total, progress, upTo: schedule.pauses[position],
                    pauses[position])
                now = pauses[position]
            } else {
                try wait(for: group, collector, total, progress)
                now = max(now, timeline.end ?? timeline.last)
            }
            try runner.perform(step, index: index, at: now)
            if recordsJourneys, step.changesTables, position < pauses.count {
                tellers.append((schedule.pauses[position], JourneyTeller(forwarder)))
            }
            if position < pauses.count { schedule.release(pastPause: position) }
        }
        try wait(for: group, collector, total, progress)
        return runner.answers.isEmpty ? nil : runner.answers
    }

    /// Waits until the workers have taken in so many frames, or all, and nothing is on its way any more; in lock-step
    /// has them do so.
    private func wait(
        for group: WorkerGroup, _ collector: FrameCollector, _ total: UInt64,
        _ progress: (Progress) -> Void, upTo entered: Int? = nil, _ time: UInt64? = nil
    ) throws(ForwarderError) {
        let clock = ContinuousClock()
        var nextProgress = clock.now + .seconds(1)
        func look() throws(ForwarderError) {
            if Interruption.isRequested {
                throw ForwarderError(.interrupted, "interrupted; no output was written")
            }
            if let error = collector.error { throw ForwarderError(error) }
            if clock.now > nextProgress {
                nextProgress = clock.now + .milliseconds(500)
                progress(.frames(group.readTallies().received.frames, of: total))
            }
        }
        if let lockStep = group.lockStep {
            try look()
            var error: ForwarderError?
            let halt = lockStep.run(upTo: entered ?? .max, time: time) {
                do throws(ForwarderError) {
                    try look()
                    return true
                } catch let fault {
                    error = fault
                    return false
                }
            }
            if let error { throw error }
            if halt == .failed { throw Self.stopped(group, total) }
            return try look()
        }
        while true {
            try look()
            if Self.hasReached(group, entered) { return }
            if group.workers[0].lifeState == .failed { throw Self.stopped(group, total) }
            lookAgainSoon()
        }
    }

    /// Whether so many frames came in, or all that the schedule has, and nothing is between workers.
    private static func hasReached(_ group: WorkerGroup, _ entered: Int?) -> Bool {
        guard let entered else {
            return group.workers[0].lifeState == .exhausted && group.readSettledTallies() != nil
        }
        return group.readSettledTallies()?.received.frames == UInt64(entered)
    }

    private static func stopped(_ group: WorkerGroup, _ total: UInt64) -> ForwarderError {
        ForwarderError(
            .internalFault,
            "DPDK's net_pcap stopped before the end: "
                + "\(group.readTallies().received.frames) of \(total) frames came in")
    }

    /// A replay loses nothing: whatever says otherwise is a fault of Freeway or of DPDK.
    private func check(
        _ forwarder: Forwarder, _ tallies: TallySet, _ total: UInt64, _ written: UInt64
    ) throws(ForwarderError) {
        var faults: [String] = []
        if tallies.received.frames != total {
            faults.append("\(tallies.received.frames) of \(total) frames came in")
        }
        let collected = forwarder.ports.filter { outputs[$0.planned.name] != nil }
            .reduce(0) { $0 + tallies.transmitted(port: $1.port.index).frames }
        if collected != written {
            faults.append("\(written) of \(collected) transmitted frames were written")
        }
        if !tallies.balances || !tallies.ledger.isBalanced {
            faults.append("the ledger does not balance")
        }
        for attached in forwarder.ports {
            guard let counters = try? attached.statistics() else { continue }
            let lost = counters.missed + counters.receiveErrors + counters.withoutMbuf
            if lost > 0 {
                faults.append("the device of port \(attached.planned.name) lost \(lost) frames")
            }
        }
        guard faults.isEmpty else {
            throw ForwarderError(
                .internalFault,
                "frames were lost in the replay: \(faults.joined(separator: "; ")); "
                    + "this is a fault of Freeway: please report it")
        }
    }

    private func report(
        _ forwarder: Forwarder, _ tallies: TallySet, _ surveys: [String: CaptureSurvey],
        _ elapsed: Duration, _ answers: [ReplayAnswer]?
    ) -> ReplayReport {
        let ports = forwarder.ports.map { attached in
            let name = attached.planned.name
            return (
                name,
                ReplayPort(
                    totals: tallies.totals(port: attached.port.index), input: inputs[name],
                    output: outputs[name])
            )
        }
        let notes =
            configuration.ports.flatMap { surveys[$0.name]?.notes ?? [] } + formatNotes(surveys)
        return ReplayReport(
            workers: workers, rounds: rounds, ledger: tallies.ledger,
            ports: Dictionary(uniqueKeysWithValues: ports), portOrder: ports.map(\.0),
            seconds: elapsed / .seconds(1), notes: notes, answers: answers)
    }
}
