// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import FreewayConfiguration
import Replays

/// Counts what of the configurations of a replay its frames used, by their journeys.
struct CoverageCount {
    /// A configuration, and when it came into force.
    private struct Phase {
        let configuration: Configuration
        /// Frames that are later meet it: nanoseconds after the first frame.
        let after: UInt64
    }

    private let configuration: Configuration
    private let steps: [ReplayStep]

    init(_ configuration: Configuration, steps: [ReplayStep]) {
        self.configuration = configuration
        self.steps = steps
    }

    /// The counts of all journeys: one for each configuration that was in force, in that order.
    func counted(_ journeys: FrameJourneys) -> [CaseCoverage] {
        let start = journeys.first?.time ?? Timestamp(seconds: 0)
        var tallies = phases.map { CoverageTally($0.configuration) }
        for journey in journeys {
            let time = journey.time.nanoseconds(since: start)
            tallies[phases.lastIndex { $0.after < time } ?? 0].add(journey)
        }
        return tallies.map(\.coverage)
    }

    /// In the order of time. What is loaded at the end meets no frame.
    private var phases: [Phase] {
        var phases = [Phase(configuration: configuration, after: 0)]
        var reloads: [Phase] = []
        for step in steps {
            guard case .at(let time) = step.moment, case .reload(let new) = step.action else {
                continue
            }
            reloads.append(Phase(configuration: new, after: time))
        }
        phases += reloads.enumerated()
            .sorted { ($0.element.after, $0.offset) < ($1.element.after, $1.offset) }
            .map(\.element)
        return phases
    }
}

extension Timestamp {
    /// 0 for what is earlier.
    fileprivate func nanoseconds(since start: Timestamp) -> UInt64 {
        guard self > start else { return 0 }
        let seconds = UInt64(clamping: seconds &- start.seconds)
        return (seconds &* 1_000_000_000 &+ UInt64(nanoseconds)) &- UInt64(start.nanoseconds)
    }
}
