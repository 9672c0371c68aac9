// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What Freeway does with a frame.
    public enum ForwardMode: String, CaseIterable, Sendable {
        /// Each frame leaves, unchanged, by the port that is paired with the one it came in by.
        case crossConnect = "cross-connect"
        /// IPv4 routing.
        case route
    }
}
