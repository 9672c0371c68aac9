// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// Writes down, in memory of its own worker, what the stages tell of the first frames of a replay.
///
/// It allocates and copies: for recorded replays and explanations, never for a live worker's loop.
/// Memory: 24 bytes for each thing told, about ten for a routed frame, and the bytes that are held.
public struct JourneyRecorder: RoundWatcher, Sendable {
    /// What is written down. Which frames are is decided by their place in the order of the replay, so
    /// that it does not depend on the number of workers.
    public struct Limits: Sendable, Equatable {
        /// Places in the order of the replay. Nothing at or beyond 2³² is written down.
        public var frames: Range<UInt64>
        /// Bytes of each frame that are held as it came in.
        public var bytesAtEntry: Int
        /// Bytes of each frame that are held as it left.
        public var bytesAtExit: Int
        /// Whether only what came of each frame is written down, and not its steps: where it was routed,
        /// its exit, and a digest of all its bytes there.
        public var onlyExits: Bool

        public init(
            frames: Range<UInt64>, bytesAtEntry: Int, bytesAtExit: Int, onlyExits: Bool = false
        ) {
            self.onlyExits = onlyExits
            self.frames = frames.clamped(to: 0..<UInt64(UInt32.max))
            self.bytesAtEntry = max(0, bytesAtEntry)
            self.bytesAtExit = max(0, bytesAtExit)
        }
    }

    let limits: Limits
    private(set) var records: [JourneyRecord] = []
    private(set) var bytes: [UInt8] = []

    public init(_ limits: Limits) { self.limits = limits }

    /// Takes the recorder out of the worker's state for the length of a round.
    @inline(never)
    static func round<Source: FrameSource>(
        _ state: inout WorkerState, _ source: Source.Type
    ) -> Int {
        guard var recorder = state.recorder.take() else { return NoObserver.round(&state, source) }
        let frames = WorkerLoop.round(&state, source, &recorder)
        state.recorder = recorder
        return frames
    }

    public mutating func arrived(_ burst: borrowing Burst) {
        for index in 0..<burst.count {
            let mbuf = burst[index]
            guard let sequence = sequence(of: mbuf) else { continue }
            hold(mbuf, as: .arrived, sequence, limits.bytesAtEntry)
        }
    }

    public mutating func entered(_ stage: Stage, _ burst: borrowing Burst) {
        guard !limits.onlyExits else { return }
        for index in 0..<burst.count {
            guard let sequence = sequence(of: burst[index]) else { continue }
            records.append(
                JourneyRecord(sequence: sequence, kind: .entered, what: stage.rawValue))
        }
    }

    public mutating func noted(_ mbuf: MbufReference, by stage: Stage, _ note: StageNote) {
        // Where it was routed belongs to what came of a frame.
        guard !limits.onlyExits || stage == .route, let sequence = sequence(of: mbuf) else {
            return
        }
        records.append(
            JourneyRecord(
                sequence: sequence, kind: .noted, what: stage.rawValue, first: note.first,
                second: note.second))
    }

    public mutating func became(_ mbuf: MbufReference, by stage: Stage) {
        guard !limits.onlyExits, let sequence = sequence(of: mbuf) else { return }
        hold(mbuf, as: .became, sequence, limits.bytesAtEntry, port: stage.rawValue)
    }

    public mutating func resumed(_ mbuf: MbufReference, at place: Int) {
        guard let sequence = sequence(of: mbuf) else { return }
        records.append(
            JourneyRecord(sequence: sequence, kind: .resumed, first: UInt64(place)))
    }

    public mutating func left(_ mbuf: MbufReference, by exit: FrameExit) {
        guard let sequence = sequence(of: mbuf) else { return }
        switch exit {
        case .sent(let port):
            if limits.onlyExits { digest(mbuf, sequence) }
            hold(
                mbuf, as: .sent, sequence, limits.bytesAtExit,
                port: UInt8(truncatingIfNeeded: port))
        case .dropped(let stage, let reason):
            records.append(
                JourneyRecord(
                    sequence: sequence, kind: .dropped, what: stage.rawValue,
                    reason: reason.rawValue))
        case .consumed(let stage):
            records.append(
                JourneyRecord(sequence: sequence, kind: .consumed, what: stage.rawValue))
        }
    }

    /// The frame's place, when it is to be written down.
    private func sequence(of mbuf: MbufReference) -> UInt32? {
        let sequence = mbuf.replaySequence
        return limits.frames.contains(sequence) ? UInt32(sequence) : nil
    }

    /// The 64-bit FNV-1a hash of all bytes of the frame: the same in every process.
    private mutating func digest(_ mbuf: MbufReference, _ sequence: UInt32) {
        let end = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: mbuf.frameLength))
        let digest = bytes.withUnsafeMutableBytes { buffer -> UInt64 in
            let frame = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
            _ = mbuf.copyBytes(to: frame)
            return frame.reduce(0xcbf2_9ce4_8422_2325) {
                ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
            }
        }
        bytes.removeLast(bytes.count - end)
        records.append(JourneyRecord(sequence: sequence, kind: .digest, first: digest))
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
