// SPDX-License-Identifier: Apache-2.0

public import DPDK
import PacketHeaders

/// What stays with a frame from its arrival to its exit: in the mbuf's private area, so that it
/// survives a hand-off. What only the stages of one burst need is in `BurstMetadata`.
struct PacketMetadata {
    /// The place of what no frame that came in has brought about: behind all of these.
    static let ofNoFrame = UInt64.max - 1

    /// When the frame arrived: nanoseconds since the epoch of the schedule in a replay. Not set in a live
    /// forwarder: ask `WorkerClock`.
    var time: UInt64
    /// The frame's place in the order in which a replay takes frames in, from 0. Not set in a live
    /// forwarder.
    var sequence: UInt64
    /// By which a frame goes on to its second hop; written in front of that alone.
    var bucket: UInt32 = 0
    /// Where the packet begins, and whether it is our own: of a frame on its second hop, or that waits.
    var headerLength: UInt8 = 0
    var isMade = false
    /// Whether it is a frame of the control plane's, which leaves by the port that it names as its own.
    var isInjected = false
    /// The number of the VRF that a packet is in which comes back to Route.
    var vrf: UInt16 = 0
    /// Of such a frame, and of a packet of our own for a link-local address: the number of the interface by which it leaves.
    var interface: UInt16 = 0
    /// The host whose MAC a frame waits for.
    var host = NeighbourKey(interface: 0, address: IPAddress(high: 0, low: 0))
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
