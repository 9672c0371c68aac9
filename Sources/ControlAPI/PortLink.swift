// SPDX-License-Identifier: Apache-2.0

/// The state of a port's link.
public struct PortLink: Codable, Sendable, Equatable {
    public var up: Bool
    /// Absent when the device does not say.
    public var speedMbps: UInt32?
    public var fullDuplex: Bool

    public init(up: Bool, speedMbps: UInt32? = nil, fullDuplex: Bool = true) {
        self.up = up
        self.speedMbps = speedMbps
        self.fullDuplex = fullDuplex
    }
}
