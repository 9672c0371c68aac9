// SPDX-License-Identifier: Apache-2.0

/// The device's own counters (`rte_eth_stats`), which stand beside the ledger and are no part of
/// it.
public struct DeviceCounters: Codable, Sendable, Equatable {
    /// Frames that the device dropped because no descriptor was free: workers were too slow.
    public var imissed: UInt64
    /// Frames that the device received with an error.
    public var ierrors: UInt64
    /// Frames that the device failed to transmit.
    public var oerrors: UInt64
    /// Frames lost because the pool was empty.
    public var rxNoMbuf: UInt64

    public init(
        imissed: UInt64 = 0, ierrors: UInt64 = 0, oerrors: UInt64 = 0, rxNoMbuf: UInt64 = 0
    ) {
        self.imissed = imissed
        self.ierrors = ierrors
        self.oerrors = oerrors
        self.rxNoMbuf = rxNoMbuf
    }
}
