// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// Watches what the stages do to each frame. Every stage is written once and compiled for each
/// observer, so that watching costs nothing where nobody watches.
///
/// The calls for one frame come in this order: `arrived`, then for each stage `entered` and what that
/// stage notes, and at the end `left`. Worker's thread; an mbuf is valid during the call.
/// An observer says only what it wants to hear: the other calls are empty.
public protocol StageObserver {
    /// Whether single frames are watched, and not only bursts.
    static var watchesFrames: Bool { get }
    /// Frames are about to enter the first stage, as they came in.
    mutating func arrived(_ burst: borrowing Burst)
    /// Frames are about to be judged by a stage: what is in the burst passed all stages before it.
    mutating func entered(_ stage: Stage, _ burst: borrowing Burst)
    /// A stage tells what it found out about a frame.
    mutating func noted(_ mbuf: MbufReference, by stage: Stage, _ note: StageNote)
    /// A frame whose way ended is another one from here on: a stage made it of the first one's buffer.
    mutating func became(_ mbuf: MbufReference, by stage: Stage)
    /// A frame that waited goes on: so many frames have come in by then.
    mutating func resumed(_ mbuf: MbufReference, at place: Int)
    /// The frame's way ends here.
    mutating func left(_ mbuf: MbufReference, by exit: FrameExit)
    /// The worker begins with something that is no stage, or goes on with a stage within another.
    mutating func reached(_ part: RoundPart)
}

extension StageObserver {
    @inline(__always) public static var watchesFrames: Bool { true }
    @inline(__always) public mutating func arrived(_ burst: borrowing Burst) {}
    @inline(__always) public mutating func entered(_ stage: Stage, _ burst: borrowing Burst) {}
    @inline(__always)
    public mutating func noted(_ mbuf: MbufReference, by stage: Stage, _ note: StageNote) {}
    @inline(__always) public mutating func became(_ mbuf: MbufReference, by stage: Stage) {}
    @inline(__always) public mutating func resumed(_ mbuf: MbufReference, at place: Int) {}
    @inline(__always) public mutating func left(_ mbuf: MbufReference, by exit: FrameExit) {}
    @inline(__always) public mutating func reached(_ part: RoundPart) {}
}

/// Watches nothing, at no cost: the observer of the forwarding path.
public struct NoObserver: RoundWatcher {
    @inline(__always) public init() {}
    @inline(__always) public static var watchesFrames: Bool { false }

    @inline(__always) static func round<Source: FrameSource>(
        _ state: inout WorkerState, _ source: Source.Type
    ) -> Int {
        var observer = NoObserver()
        return WorkerLoop.round(&state, source, &observer)
    }
}
