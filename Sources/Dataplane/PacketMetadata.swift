// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// What the stages tell each other about a frame: one cache line in the mbuf's private area, so that
/// it survives a hand-off.
struct PacketMetadata {
    /// When the frame arrived: nanoseconds since 1970 in a replay. Not set in a live forwarder, where
    /// the worker's `now` serves.
    var time: UInt64
    /// The entry of the next-hop table that the route stage chose.
    var nextHop: UInt32
    /// The port that the frame leaves by.
    var outPort: UInt16
}

extension MbufReference {
    @inline(__always)
    var metadata: UnsafeMutablePointer<PacketMetadata> {
        privateArea.assumingMemoryBound(to: PacketMetadata.self)
    }
}

extension MbufReference {
    /// When the frame entered a replay: nanoseconds since 1970. Meaningless in a live forwarder.
    public var replayTime: UInt64 { metadata.pointee.time }
}
