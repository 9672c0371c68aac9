// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// Watches what the stages do to each frame. Every stage is written once and compiled for each
/// observer, so that watching costs nothing where nobody watches.
public protocol StageObserver {
    mutating func dropped(_ mbuf: MbufReference, by stage: Stage, because reason: DropReason)
    /// The route stage chose an entry of the next-hop table; `group` is the entry that the prefix
    /// names, and differs where that is a group of several next hops.
    mutating func routed(_ mbuf: MbufReference, group: Int, nextHop: Int)
    mutating func sent(_ mbuf: MbufReference, to port: UInt16)
}

/// Watches nothing, at no cost: the observer of the forwarding path.
public struct NoObserver: StageObserver {
    @inline(__always) public init() {}
    @inline(__always)
    public mutating func dropped(
        _ mbuf: MbufReference, by stage: Stage, because reason: DropReason
    ) {}
    @inline(__always)
    public mutating func routed(_ mbuf: MbufReference, group: Int, nextHop: Int) {}
    @inline(__always)
    public mutating func sent(_ mbuf: MbufReference, to port: UInt16) {}
}
