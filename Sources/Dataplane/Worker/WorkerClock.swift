// SPDX-License-Identifier: Apache-2.0

import DPDK

/// What time it is for a frame. All that a worker does with time goes by this clock, so that a replay
/// gives the same on every run and every machine.
public struct WorkerClock: BitwiseCopyable, Sendable {
    /// In a replay the captures' time: nanoseconds since 1970, the same for a frame on every worker and
    /// however frames are grouped into bursts. Otherwise the time stamp counter.
    public let isVirtual: Bool

    public init(isVirtual: Bool) { self.isVirtual = isVirtual }

    /// Now, for this frame. Worker's thread.
    @inline(__always) func time(of mbuf: MbufReference) -> UInt64 {
        isVirtual ? mbuf.metadata.pointee.time : TimestampCounter.now
    }

    /// Valid once EAL runs.
    public var ticksPerSecond: UInt64 {
        isVirtual ? 1_000_000_000 : TimestampCounter.frequency
    }
}
