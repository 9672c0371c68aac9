// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import ControlPlane
import Expectations

/// Finds the journeys that explain differences: of a frame that left, by its number; of one that did not
/// leave, by what it looked like when it came in.
struct FrameWays {
    /// A frame that came in and was dropped, or left.
    private struct Way {
        let journey: FrameJourney
        let entry: [UInt8]
    }

    /// Frames beyond these are not searched: a person reads some differences, not thousands.
    private static let searched = 20_000
    /// As many dropped frames of a reason are named.
    private static let named = 5

    private let ways: [Way]
    private let byExit: [String: [Int: Int]]

    init(_ journeys: FrameJourneys) {
        var ways: [Way] = []
        var byExit: [String: [Int: Int]] = [:]
        for position in journeys.indices.prefix(Self.searched) {
            let journey = journeys[position]
            if let port = journey.exit.port, let frame = journey.exit.frame {
                byExit[port, default: [:]][frame] = ways.count
            }
            ways.append(Way(journey: journey, entry: journeys.bytesAtEntry(of: position)))
        }
        self.ways = ways
        self.byExit = byExit
    }

    /// Adds the frame's way, and for one that did not leave, why.
    /// - Parameter expected: the port's expected frames.
    func tell(_ difference: inout Difference, expected: [CapturedFrame]) {
        if let port = difference.port, let frame = difference.gotFrame {
            guard let index = byExit[port]?[frame] else { return }
            difference.journey = Self.lines(ways[index].journey)
        } else if let number = difference.expectedFrame, expected.indices.contains(number - 1) {
            guard let way = origin(of: expected[number - 1], leaving: difference.port) else {
                return
            }
            difference.journey = Self.lines(way.journey)
            difference.dropReason = way.journey.exit.reason
        }
    }

    /// Lines that name frames which were dropped for the reasons.
    func dropped(for reasons: [String]) -> [String] {
        reasons.flatMap { reason in
            let dropped = ways.filter { $0.journey.exit.reason == reason }
            var lines = dropped.prefix(Self.named).map { way in
                let last = way.journey.steps.last.map { "\($0.stage): \($0.text)" } ?? reason
                return "frame \(way.journey.frame) from \(way.journey.port), \(last)"
            }
            if dropped.count > Self.named {
                lines.append("and \(dropped.count - Self.named) more frames with \(reason)")
            }
            return lines
        }
    }

    /// The frame that came in and should have become the expected one: all is equal but what
    /// forwarding changes. One that was dropped comes before one that left elsewhere.
    private func origin(of expected: CapturedFrame, leaving port: String?) -> Way? {
        let candidates = ways.filter { way in
            guard way.journey.exit.kind == .dropped || way.journey.exit.port != port else {
                return false
            }
            return Self.isForwarded(way.entry, expected)
        }
        return candidates.first { $0.journey.exit.kind == .dropped } ?? candidates.first
    }

    private static let changedByForwarding = ComparisonRules(
        order: .any,
        ignored: [
            .ethernetDestination, .ethernetSource, .ipv4TimeToLive, .ipv4HeaderChecksum,
        ])

    private static func isForwarded(_ entry: [UInt8], _ expected: CapturedFrame) -> Bool {
        // Frames are padded and cut on their way, but not by much.
        guard abs(entry.count - expected.bytes.count) <= 60 else { return false }
        return Comparison(
            expected: [expected], got: [CapturedFrame(entry)], rules: changedByForwarding
        ).isEqual
    }

    private static func lines(_ journey: FrameJourney) -> [String] {
        ["frame \(journey.frame) from \(journey.port)"]
            + journey.steps.map { "\($0.stage): \($0.text)" }
    }
}
