// SPDX-License-Identifier: Apache-2.0

/// What one port received and transmitted since the start, in frames and frame bytes without FCS.
public struct PortTotals: Codable, Sendable, Equatable {
    public var received: UInt64
    public var transmitted: UInt64
    public var receivedBytes: UInt64
    public var transmittedBytes: UInt64

    public init(
        received: UInt64 = 0, transmitted: UInt64 = 0,
        receivedBytes: UInt64 = 0, transmittedBytes: UInt64 = 0
    ) {
        self.received = received
        self.transmitted = transmitted
        self.receivedBytes = receivedBytes
        self.transmittedBytes = transmittedBytes
    }
}
