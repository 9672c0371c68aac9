// SPDX-License-Identifier: Apache-2.0

/// What `freeway doctor` found out about a machine.
public struct DoctorReport: SchemaVersioned, Equatable {
    /// One thing that was looked at.
    public struct Finding: Codable, Sendable, Equatable {
        /// What it is about: `hugepages`, `iommu`, `ports.wan`.
        public var topic: String
        public var state: State
        /// What there is, in a sentence.
        public var text: String
        /// The exact command, or the change of the configuration, that mends it; nil where nothing has
        /// to be done.
        public var remedy: String?

        public init(_ topic: String, _ state: State, _ text: String, remedy: String? = nil) {
            self.topic = topic
            self.state = state
            self.text = text
            self.remedy = remedy
        }
    }

    /// From harmless to harmful.
    public enum State: String, Codable, Sendable, CaseIterable, Comparable {
        /// As it should be.
        case good
        /// Cannot be told here, or does not matter for what was asked.
        case neutral
        /// Freeway runs, but slower or with more jitter than it could.
        case warning
        /// Freeway, or this configuration, does not run here.
        case bad

        public static func < (left: State, right: State) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    public private(set) var schemaVersion = Self.currentSchema
    public var findings: [Finding]

    public init(findings: [Finding]) { self.findings = findings }

    /// The worst of all findings.
    public var state: State { findings.map(\.state).max() ?? .good }
}
