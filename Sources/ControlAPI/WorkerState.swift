// SPDX-License-Identifier: Apache-2.0

/// Where a worker is in its life.
public enum WorkerState: String, Codable, Sendable, CaseIterable {
    case starting, running
    /// It has not ended a round for a second or longer.
    case stalled
    case stopped
}
