// SPDX-License-Identifier: Apache-2.0

/// What all workers wrote down in a recorded replay, by frame. Immutable; control thread.
public struct JourneyLog: Sendable {
    /// Places in the order of the replay that were to be written down.
    public let limits: JourneyRecorder.Limits
    /// In the order of the frames; those of one frame in the order in which they were told.
    private let records: [JourneyRecord]
    /// By frame, from the first of the limits: where its records begin. One more than there are frames.
    private let starts: [Int]
    /// By worker.
    private let bytes: [[UInt8]]

    /// Sorts what the workers wrote down. A frame's records are all of one worker.
    init(_ recorders: [JourneyRecorder]) {
        limits = recorders[0].limits
        let base = Int(limits.frames.lowerBound)
        let highest = recorders.lazy.compactMap { $0.records.lazy.map(\.sequence).max() }.max()
        let count = highest.map { Int($0) - base + 1 } ?? 0
        var starts = [Int](repeating: 0, count: count + 1)
        for recorder in recorders {
            for record in recorder.records { starts[Int(record.sequence) - base + 1] += 1 }
        }
        for frame in 0..<count { starts[frame + 1] += starts[frame] }
        var next = starts
        var sorted = [JourneyRecord](
            repeating: JourneyRecord(sequence: 0, kind: .entered), count: starts[count])
        for (worker, recorder) in recorders.enumerated() {
            for var record in recorder.records {
                let frame = Int(record.sequence) - base
                if [.arrived, .sent, .became].contains(record.kind) {
                    record.what = UInt8(truncatingIfNeeded: worker)
                }
                sorted[next[frame]] = record
                next[frame] += 1
            }
        }
        self.starts = starts
        records = sorted
        bytes = recorders.map(\.bytes)
    }

    /// Frames from the first that was to be written down to the last one that was.
    public var frameCount: Int { starts.count - 1 }

    /// What the stages told of a frame, in order.
    /// - Parameter frame: from 0, counted from the first that was to be written down; below
    ///   `frameCount`.
    public func events(of frame: Int) -> [JourneyEvent] {
        records[starts[frame]..<starts[frame + 1]].compactMap(event)
    }

    private func event(_ record: JourneyRecord) -> JourneyEvent? {
        switch record.kind {
        case .arrived: .arrived(held(record))
        case .sent: .sent(port: UInt16(record.port), held(record))
        case .became: Stage(rawValue: record.port).map { .became(stage: $0, held(record)) }
        case .digest: .digest(record.first)
        case .resumed: .resumed(place: Int(record.first))
        case .entered: Stage(rawValue: record.what).map { .entered($0) }
        case .noted:
            Stage(rawValue: record.what).map { .noted($0, StageNote(record.first, record.second)) }
        case .dropped: Self.drop(record)
        case .consumed: Stage(rawValue: record.what).map { .consumed(stage: $0) }
        }
    }

    private static func drop(_ record: JourneyRecord) -> JourneyEvent? {
        guard let stage = Stage(rawValue: record.what),
            let reason = DropReason(rawValue: record.reason)
        else { return nil }
        return .dropped(stage: stage, reason: reason)
    }

    private func held(_ record: JourneyRecord) -> HeldFrame {
        let range = record.offset..<record.offset + record.heldLength
        return HeldFrame(
            length: record.frameLength, bytes: Array(bytes[Int(record.what)][range]))
    }
}
