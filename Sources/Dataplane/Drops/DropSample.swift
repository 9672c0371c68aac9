// SPDX-License-Identifier: Apache-2.0

/// A frame that was dropped, as it was kept for people to look at.
public struct DropSample: Sendable, Equatable {
    /// The bytes of a frame that are kept, from its beginning: room for all headers up to TCP's behind
    /// two VLAN tags and IPv6.
    public static let snapLength = 192

    public let reason: DropReason
    /// The stage that dropped it; nil between workers.
    public let stage: Stage?
    public let worker: Int
    /// DPDK's index of the port that received it.
    public let port: UInt16
    /// By the worker's clock.
    public let time: UInt64
    /// The frame's place in the order in which a replay takes frames in, from 0; 0 in a live forwarder.
    public let place: UInt64
    /// How many frames of this reason the worker kept before.
    public let number: UInt64
    /// Bytes of the whole frame.
    public let length: Int
    /// The frame as the stage saw it, cut to `snapLength`.
    public let bytes: [UInt8]
}

extension DropSample: Comparable {
    /// By time, then in the order in which a replay took the frames in, or of ports and workers.
    public static func < (left: DropSample, right: DropSample) -> Bool {
        (left.time, left.place, left.port, left.worker, left.number)
            < (right.time, right.place, right.port, right.worker, right.number)
    }
}
