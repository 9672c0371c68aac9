// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// Writes down, in memory of its own worker, what the stages tell of the first frames of a replay.
///
/// It allocates and copies: for recorded replays and explanations, never for a live worker's loop.
/// Memory: 24 bytes for each thing told, about ten for a routed frame, and the bytes that are held.
public struct JourneyRecorder: StageObserver, Sendable {
    /// What is written down. Which frames are is decided by their place in the order of the replay, so
    /// that it does not depend on the number of workers.
    public struct Limits: Sendable, Equatable {
        /// Places in the order of the replay. Nothing at or beyond 2³² is written down.
        public var frames: Range<UInt64>
        /// Bytes of each frame that are held as it came in.
        public var bytesAtEntry: Int
        /// Bytes of each frame that are held as it left.
        public var bytesAtExit: Int

        public init(frames: Range<UInt64>, bytesAtEntry: Int, bytesAtExit: Int) {
            self.frames = frames.clamped(to: 0..<UInt64(UInt32.max))
            self.bytesAtEntry = max(0, bytesAtEntry)
            self.bytesAtExit = max(0, bytesAtExit)
        }
    }

    let limits: Limits
    private(set) var records: [JourneyRecord] = []
    private(set) var bytes: [UInt8] = []

    public init(_ limits: Limits) { self.limits = limits }

    public mutating func arrived(_ burst: borrowing Burst) {
        for index in 0..<burst.count {
            let mbuf = burst[index]
            guard let sequence = sequence(of: mbuf) else { continue }
            hold(mbuf, as: .arrived, sequence, limits.bytesAtEntry)
        }
    }

    public mutating func entered(_ stage: Stage, _ burst: borrowing Burst) {
        for index in 0..<burst.count {
            guard let sequence = sequence(of: burst[index]) else { continue }
            records.append(
                JourneyRecord(sequence: sequence, kind: .entered, what: stage.rawValue))
        }
    }

    public mutating func admitted(_ mbuf: MbufReference, by check: AdmitCheck) {
        guard let sequence = sequence(of: mbuf) else { return }
        records.append(JourneyRecord(sequence: sequence, kind: .admitted, what: check.rawValue))
    }

    public mutating func routed(_ mbuf: MbufReference, _ choice: RouteChoice) {
        guard let sequence = sequence(of: mbuf) else { return }
        records.append(JourneyRecord(sequence, choice))
    }

    public mutating func rewritten(_ mbuf: MbufReference) {
        guard let sequence = sequence(of: mbuf) else { return }
        records.append(JourneyRecord(sequence: sequence, kind: .rewritten))
    }

    public mutating func sent(_ mbuf: MbufReference, to port: UInt16) {
        guard let sequence = sequence(of: mbuf) else { return }
        hold(
            mbuf, as: .sent, sequence, limits.bytesAtExit,
            port: UInt8(truncatingIfNeeded: port))
    }

    public mutating func dropped(
        _ mbuf: MbufReference, by stage: Stage, because reason: DropReason
    ) {
        guard let sequence = sequence(of: mbuf) else { return }
        records.append(
            JourneyRecord(
                sequence: sequence, kind: .dropped, what: stage.rawValue, reason: reason.rawValue))
    }

    /// The frame's place, when it is to be written down.
    private func sequence(of mbuf: MbufReference) -> UInt32? {
        let sequence = mbuf.replaySequence
        return limits.frames.contains(sequence) ? UInt32(sequence) : nil
    }

    private mutating func hold(
        _ mbuf: MbufReference, as kind: JourneyRecord.Kind, _ sequence: UInt32, _ most: Int,
        port: UInt8 = 0
    ) {
        let offset = bytes.count
        let held = min(most, mbuf.frameLength)
        bytes.append(contentsOf: repeatElement(0, count: held))
        let copied = bytes.withUnsafeMutableBytes {
            mbuf.copyBytes(to: UnsafeMutableRawBufferPointer(rebasing: $0[offset...]))
        }
        records.append(
            JourneyRecord(
                kind, sequence, port: port, length: mbuf.frameLength, held: copied, at: offset))
    }
}
