// SPDX-License-Identifier: Apache-2.0

/// The state of a port's link.
public struct PortLink: Codable, Sendable, Equatable {
    public var up: Bool
    /// Absent when the device does not say.
    public var speedMbps: UInt32?
    public var fullDuplex: Bool
    /// What keeps frames from passing, in words; absent while all is well, and where nobody knows.
    public var obstacle: String?

    public init(
        up: Bool, speedMbps: UInt32? = nil, fullDuplex: Bool = true, obstacle: String? = nil
    ) {
        self.obstacle = obstacle
        self.up = up
        self.speedMbps = speedMbps
        self.fullDuplex = fullDuplex
    }
}
