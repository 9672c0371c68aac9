// SPDX-License-Identifier: Apache-2.0

import ControlAPI
public import Expectations
public import Forwarding
import PacketHeaders

/// Explains differences with the journeys of a replay: how a frame that left came to be what it is, and
/// what became of one that did not leave.
public struct FrameTracing {
    private let journeys: FrameJourneys
    /// The positions of the frames of a flow, as they came in.
    private let positions: [FlowKey: [Int]]

    /// More differences than these are not explained: each looks through the journeys.
    private static let mostExplained = 100
    /// More frames of a flow than these are not looked at to find a missing one.
    private static let mostCandidates = 1_000

    public init(_ journeys: FrameJourneys) {
        self.journeys = journeys
        var positions: [FlowKey: [Int]] = [:]
        for position in journeys.indices {
            positions[Self.flow(journeys.bytesAtEntry(of: position)), default: []]
                .append(position)
        }
        self.positions = positions
    }

    private static func flow(_ bytes: [UInt8]) -> FlowKey {
        bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)).flow }
    }

    /// Adds journeys and drop reasons to the first differences.
    public func explain(_ differences: inout [Difference]) {
        var used: Set<Int> = []
        for index in differences.indices.prefix(Self.mostExplained) {
            guard let position = position(of: differences[index], &used) else { continue }
            let journey = journeys[position]
            differences[index].journey = Self.lines(journey)
            if differences[index].kind == .missing {
                differences[index].dropReason = journey.dropReason
            }
        }
    }

    /// The way of a frame in lines.
    static func lines(_ journey: FrameJourney) -> [String] {
        let width = journey.steps.map(\.stage.count).max() ?? 0
        return ["frame \(journey.frame) that came in by \(journey.port)"]
            + journey.steps.map { step in
                let blanks = String(repeating: " ", count: width - step.stage.count + 2)
                return step.stage + blanks + step.text
            }
    }

    private func position(of difference: Difference, _ used: inout Set<Int>) -> Int? {
        if let frame = difference.gotFrame, let port = difference.port {
            return journeys.position(ofFrame: frame, leaving: port)
        }
        let ports = difference.ports ?? [difference.port].compactMap(\.self)
        guard !ports.isEmpty else { return nil }
        guard difference.kind == .missing, let bytes = difference.expectedBytes?.bytes else {
            return nil
        }
        var best: (position: Int, cost: Int)?
        for position in (positions[Self.flow(bytes)] ?? []).prefix(Self.mostCandidates)
        where !used.contains(position) {
            let entry = journeys.bytesAtEntry(of: position)
            // As much as was written down of the frame.
            let expected = entry.count < bytes.count ? Array(bytes.prefix(entry.count)) : bytes
            guard let cost = FrameResemblance.cost(expected, entry), cost < best?.cost ?? .max,
                !ports.contains(where: { hasLeft(position, by: $0) })
            else { continue }
            best = (position, cost)
        }
        if let best { used.insert(best.position) }
        return best?.position
    }

    private func hasLeft(_ position: Int, by port: String) -> Bool {
        journeys.bytesAtExit(of: position) != nil
            && journeys[position].exits.contains { $0.port == port }
    }
}
