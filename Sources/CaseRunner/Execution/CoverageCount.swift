// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import ControlPlane
import FreewayConfiguration

/// Counts what of the configurations of a replay its frames used, by their journeys.
struct CoverageCount {
    /// A configuration, and when it came into force.
    private struct Phase {
        let configuration: Configuration
        /// Frames that are later meet it.
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
        let start = journeys.first.map { $0.time.sinceEpoch } ?? 0
        let phases = phases(from: start)
        var tallies = phases.map { CoverageTally($0.configuration) }
        for journey in journeys {
            let time = journey.time.sinceEpoch
            tallies[phases.lastIndex { $0.after < time } ?? 0].add(journey)
        }
        return tallies.map(\.coverage)
    }

    /// In the order of time. What is loaded at the end meets no frame.
    private func phases(from start: UInt64) -> [Phase] {
        var phases = [Phase(configuration: configuration, after: 0)]
        var reloads: [Phase] = []
        for step in steps {
            guard case .at(let time) = step.moment, case .reload(let new) = step.action else {
                continue
            }
            let (after, isBeyond) = start.addingReportingOverflow(time)
            reloads.append(Phase(configuration: new, after: isBeyond ? .max : after))
        }
        phases += reloads.enumerated()
            .sorted { ($0.element.after, $0.offset) < ($1.element.after, $1.offset) }
            .map(\.element)
        return phases
    }
}

extension Timestamp {
    /// Nanoseconds since 1970.
    fileprivate var sinceEpoch: UInt64 {
        UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(nanoseconds)
    }
}
