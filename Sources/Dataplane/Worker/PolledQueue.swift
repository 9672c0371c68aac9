// SPDX-License-Identifier: Apache-2.0

/// A receive queue that a worker polls.
public struct PolledQueue: BitwiseCopyable, Sendable {
    public let port: UInt16
    public let queue: UInt16
    /// Whether the device has fewer receive queues than there are workers, so that frames go on to
    /// the workers that own their flows.
    public let isSteered: Bool
}
