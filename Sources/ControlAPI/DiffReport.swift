// SPDX-License-Identifier: Apache-2.0

/// What `freeway diff --json` prints: which frames two configurations treat differently.
public struct DiffReport: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// The configurations' paths.
    public var old: String
    public var new: String
    /// Frames that were compared.
    public var frames: Int
    /// Those of them that are treated differently.
    public var differing: Int
    /// What changes, by how many frames it concerns.
    public var groups: [Group]
    /// Remarks for a person, such as a capture that ends in the middle of a frame.
    public var notes: [String]

    public init(
        old: String, new: String, frames: Int, differing: Int, groups: [Group], notes: [String]
    ) {
        self.old = old
        self.new = new
        self.frames = frames
        self.differing = differing
        self.groups = groups
        self.notes = notes
    }

    /// One change, and the frames that it concerns.
    public struct Group: Codable, Sendable, Equatable {
        public var before: Treatment
        public var after: Treatment
        /// Fields that leave with other values, where that is the change.
        public var fields: [String]
        public var frames: Int
        public var flowCount: Int
        /// Those with the most frames, as many as asked for.
        public var flows: [Flow]

        public init(
            before: Treatment, after: Treatment, fields: [String], frames: Int, flowCount: Int,
            flows: [Flow]
        ) {
            self.before = before
            self.after = after
            self.fields = fields
            self.frames = frames
            self.flowCount = flowCount
            self.flows = flows
        }
    }

    /// What becomes of a frame.
    public struct Treatment: Codable, Sendable, Hashable {
        public var kind: FrameJourney.Exit.Kind
        /// `transmitted`: the port that it leaves by.
        public var port: String?
        /// `transmitted`: the address of the next hop, where that is the change.
        public var nextHop: String?
        /// `dropped`: the drop reason.
        public var reason: String?

        public init(
            kind: FrameJourney.Exit.Kind, port: String? = nil, nextHop: String? = nil,
            reason: String? = nil
        ) {
            self.kind = kind
            self.port = port
            self.nextHop = nextHop
            self.reason = reason
        }
    }

    /// Frames of one flow, both directions, among those of a group.
    public struct Flow: Codable, Sendable, Equatable {
        /// In the direction of its first frame.
        public var flow: String
        public var frames: Int
        /// The first of them: its port and number, for `freeway explain --frame`.
        public var port: String
        public var firstFrame: Int

        public init(flow: String, frames: Int, port: String, firstFrame: Int) {
            self.flow = flow
            self.frames = frames
            self.port = port
            self.firstFrame = firstFrame
        }
    }
}

extension DiffReport.Treatment: CustomStringConvertible {
    public var description: String {
        switch kind {
        case .transmitted:
            "forwarded to \(port ?? "")" + (nextHop.map { " by \($0)" } ?? "")
        case .dropped: "dropped, \(reason ?? "")"
        case .consumed: "ends here"
        }
    }
}
