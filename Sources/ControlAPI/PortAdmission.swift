// SPDX-License-Identifier: Apache-2.0

/// Which unicast frames a port admits.
public enum PortAdmission: String, Codable, Sendable, CaseIterable {
    /// Those for the port's own MAC address.
    case own
    /// All.
    case any
}
