// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding

/// Names the frames that were dropped, for counts that are not as expected.
struct DroppedFrames {
    /// As many frames of a reason are named.
    private static let named = 5

    private let journeys: FrameJourneys

    init(_ journeys: FrameJourneys) { self.journeys = journeys }

    /// Lines that name frames which were dropped for the reasons, and the field that decided.
    func lines(for reasons: [String]) -> [String] {
        var first: [String: [FrameJourney]] = [:]
        var counts: [String: Int] = [:]
        for journey in journeys {
            guard let reason = journey.dropReason, reasons.contains(reason) else { continue }
            counts[reason, default: 0] += 1
            if counts[reason, default: 0] <= Self.named {
                first[reason, default: []].append(journey)
            }
        }
        return reasons.flatMap { reason in
            var lines = (first[reason] ?? []).map { journey in
                let last = journey.steps.last.map { "\($0.stage): \($0.text)" } ?? reason
                return "frame \(journey.frame) that came in by \(journey.port), \(last)"
            }
            if let count = counts[reason], count > lines.count {
                lines.append("and \(count - lines.count) more frames with \(reason)")
            }
            return lines
        }
    }
}
