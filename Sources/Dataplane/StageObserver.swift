// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// Watches what the stages do to each frame. Every stage is written once and compiled for each
/// observer, so that watching costs nothing where nobody watches.
///
/// The calls for one frame come in this order: `arrived`, then for each stage `entered` and what that
/// stage tells, and at the end `sent` or `dropped`. Worker's thread; an mbuf is valid during the call.
/// An observer says only what it wants to hear: the other calls are empty.
public protocol StageObserver {
    /// Whether single frames are watched, and not only bursts.
    static var watchesFrames: Bool { get }
    /// Frames are about to enter the first stage, as they came in.
    mutating func arrived(_ burst: borrowing Burst)
    /// Frames are about to be judged by a stage: what is in the burst passed all stages before it.
    mutating func entered(_ stage: Stage, _ burst: borrowing Burst)
    /// The admit stage lets a frame in.
    mutating func admitted(_ mbuf: MbufReference, by check: AdmitCheck)
    /// The route stage chose an entry of the next-hop table.
    mutating func routed(_ mbuf: MbufReference, _ choice: RouteChoice)
    /// The rewrite stage made the packet the next hop's; the mbuf shows the result.
    mutating func rewritten(_ mbuf: MbufReference)
    /// The frame goes, as it is now, to the transmit buffer of a port.
    mutating func sent(_ mbuf: MbufReference, to port: UInt16)
    mutating func dropped(_ mbuf: MbufReference, by stage: Stage, because reason: DropReason)
    /// The worker begins with something that is no stage, or goes on with it within one.
    mutating func reached(_ part: RoundPart)
}

extension StageObserver {
    @inline(__always)
    public static var watchesFrames: Bool { true }
    @inline(__always)
    public mutating func arrived(_ burst: borrowing Burst) {}
    @inline(__always)
    public mutating func entered(_ stage: Stage, _ burst: borrowing Burst) {}
    @inline(__always)
    public mutating func admitted(_ mbuf: MbufReference, by check: AdmitCheck) {}
    @inline(__always)
    public mutating func routed(_ mbuf: MbufReference, _ choice: RouteChoice) {}
    @inline(__always)
    public mutating func rewritten(_ mbuf: MbufReference) {}
    @inline(__always)
    public mutating func sent(_ mbuf: MbufReference, to port: UInt16) {}
    @inline(__always)
    public mutating func dropped(
        _ mbuf: MbufReference, by stage: Stage, because reason: DropReason
    ) {}
    @inline(__always)
    public mutating func reached(_ part: RoundPart) {}
}

/// Watches nothing, at no cost: the observer of the forwarding path.
public struct NoObserver: StageObserver {
    @inline(__always) public init() {}
    @inline(__always) public static var watchesFrames: Bool { false }
}
