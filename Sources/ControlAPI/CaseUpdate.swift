// SPDX-License-Identifier: Apache-2.0

/// An expect file that `freeway test --update` wrote.
public struct CaseUpdate: Codable, Sendable, Equatable {
    public var file: String
    /// What is different now, a line for each kind of change, such as
    /// `3 frames: ipv4.timeToLive 63 → 62`.
    public var changes: [String]

    public init(file: String, changes: [String]) {
        self.file = file
        self.changes = changes
    }
}
