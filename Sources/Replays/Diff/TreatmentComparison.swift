// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import PacketHeaders

/// Compares what became of the same frames in two replays, and groups by flow what differs.
///
/// It reads both sides and the captures in step, so that its memory grows with the differing flows
/// alone: about 300 bytes for each, up to `mostFlows`; flows beyond that are counted with the others of
/// their group, not named.
public struct TreatmentComparison {
    static let mostFlows = 1_000_000

    private struct Change: Hashable {
        let before: DiffReport.Treatment
        let after: DiffReport.Treatment
        let fields: [String]
    }

    private struct Concerned {
        var frames = 0
        var flows: [CapturedFlow: DiffReport.Flow] = [:]
        /// Frames of flows that found no room.
        var unnamed = 0
    }

    private var frames = 0
    private var differing = 0
    private var flowCount = 0
    private var changes: [Change: Concerned] = [:]

    private init() {}

    /// - Parameters:
    ///   - old: the file of one side, `new` that of the other.
    ///   - inputs: ports and their captures, in the order of the files.
    ///   - limit: flows that are named in each group.
    public static func report(
        old: (configuration: String, treatments: String),
        new: (configuration: String, treatments: String), inputs: [(port: String, path: String)],
        limit: Int, notes: [String]
    ) throws -> DiffReport {
        var comparison = TreatmentComparison()
        var notes = notes
        var left = try TreatmentFile.Reader(path: old.treatments)
        var right = try TreatmentFile.Reader(path: new.treatments)
        for input in inputs {
            let count = try left.frameCount()
            guard try right.frameCount() == count else { throw TreatmentFile.Reader.Malformed() }
            let capture = try CaptureReader(path: input.path)
            for number in stride(from: 1, through: count, by: 1) {
                let before = try left.next()
                let after = try right.next()
                guard let frame = try capture.next() else {
                    throw TreatmentFile.Reader.Malformed()
                }
                comparison.frames += 1
                if before.looksLike(after) { continue }
                comparison.add(
                    before, after, FrameSummary(FrameBytes(frame.bytes)), input.port, number)
            }
        }
        let unnamed = comparison.changes.values.reduce(0) { $0 + $1.unnamed }
        if unnamed > 0 {
            notes.append(
                "\(unnamed) frames are of flows beyond the first \(mostFlows): they count, but their "
                    + "flows do not")
        }
        return DiffReport(
            old: old.configuration, new: new.configuration, frames: comparison.frames,
            differing: comparison.differing, groups: comparison.groups(limit: limit), notes: notes)
    }

    private mutating func add(
        _ before: FrameTreatment, _ after: FrameTreatment, _ summary: FrameSummary, _ port: String,
        _ number: Int
    ) {
        differing += 1
        let change = Self.change(before, after)
        let flow = CapturedFlow(summary)
        var concerned = changes.removeValue(forKey: change) ?? Concerned()
        concerned.frames += 1
        if concerned.flows[flow] != nil {
            concerned.flows[flow]?.frames += 1
        } else if flowCount < Self.mostFlows {
            flowCount += 1
            concerned.flows[flow] = DiffReport.Flow(
                flow: CapturedFlow.text(summary), frames: 1, port: port, firstFrame: number)
        } else {
            concerned.unnamed += 1
        }
        changes[change] = concerned
    }

    /// The change in as few words as tell it: next hops where the port stays, fields where the next hop
    /// stays.
    private static func change(_ before: FrameTreatment, _ after: FrameTreatment) -> Change {
        var old = treatment(before)
        var new = treatment(after)
        var fields: [String] = []
        if before.exit == after.exit {
            fields = before.fields(differingFrom: after)
            if before.nextHop != after.nextHop {
                old.nextHop = before.nextHop.map { "\($0)" }
                new.nextHop = after.nextHop.map { "\($0)" }
                fields.removeAll { $0 == "ethernet.destination" }
            }
        }
        return Change(before: old, after: new, fields: fields)
    }

    private static func treatment(_ treatment: FrameTreatment) -> DiffReport.Treatment {
        switch treatment.exit {
        case .transmitted(let port): DiffReport.Treatment(kind: .transmitted, port: port)
        case .dropped(let reason): DiffReport.Treatment(kind: .dropped, reason: reason)
        case .consumed: DiffReport.Treatment(kind: .consumed)
        }
    }

    private func groups(limit: Int) -> [DiffReport.Group] {
        changes.map { change, concerned in
            DiffReport.Group(
                before: change.before, after: change.after, fields: change.fields,
                frames: concerned.frames, flowCount: concerned.flows.count,
                flows: Array(
                    concerned.flows.values.sorted {
                        ($1.frames, $0.port, $0.firstFrame) < ($0.frames, $1.port, $1.firstFrame)
                    }.prefix(limit)))
        }.sorted {
            ($1.frames, "\($0.before) \($0.after) \($0.fields)")
                < ($0.frames, "\($1.before) \($1.after) \($1.fields)")
        }
    }
}
