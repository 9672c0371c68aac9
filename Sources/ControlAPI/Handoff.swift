// SPDX-License-Identifier: Apache-2.0

/// Frames that changed worker: software RSS on devices with too few queues.
public struct Handoff: Codable, Sendable, Equatable {
    /// Frames handed from the worker that polls a port to the worker that owns their flow.
    public var rxHandoff: UInt64
    /// Frames handed to the worker that owns a port's only transmit queue.
    public var txHandoff: UInt64
    /// Frames in the rings between workers now: Σ handedOff − Σ taken.
    public var inFlight: UInt64

    public init(rxHandoff: UInt64 = 0, txHandoff: UInt64 = 0, inFlight: UInt64 = 0) {
        self.rxHandoff = rxHandoff
        self.txHandoff = txHandoff
        self.inFlight = inFlight
    }
}
