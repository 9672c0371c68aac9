// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// What stays with a frame from its arrival to its exit: in the mbuf's private area, so that it
/// survives a hand-off. What only the stages of one burst need is in `BurstMetadata`.
struct PacketMetadata {
    /// When the frame arrived: nanoseconds since the epoch of the schedule in a replay. Not set in a live
    /// forwarder: ask `WorkerClock`.
    var time: UInt64
    /// The frame's place in the order in which a replay takes frames in, from 0. Not set in a live
    /// forwarder.
    var sequence: UInt64
    /// By which a frame goes on to its second hop; written in front of that alone.
    var bucket: UInt32 = 0
}

extension MbufReference {
    @inline(__always) var metadata: UnsafeMutablePointer<PacketMetadata> {
        privateArea.assumingMemoryBound(to: PacketMetadata.self)
    }
}

extension MbufReference {
    /// When the frame entered a replay: nanoseconds since the epoch of its schedule. Meaningless in a live forwarder.
    public var replayTime: UInt64 { metadata.pointee.time }

    /// The frame's place in the order of a replay's frames, from 0. Meaningless in a live forwarder.
    public var replaySequence: UInt64 { metadata.pointee.sequence }
}
