// SPDX-License-Identifier: Apache-2.0

/// The way of one frame through the stages: what each did with it, and why.
public struct FrameJourney: Codable, Sendable, Equatable {
    /// The port that the frame came in by.
    public var port: String
    /// The frame's number in that port's capture, from 1.
    public var frame: Int
    /// When it came in.
    public var time: Timestamp
    /// In the order of the pipeline; the first says what came in.
    public var steps: [JourneyStep]
    /// How it left, in order: a frame of which copies were made leaves several times.
    public var exits: [Exit]

    public init(port: String, frame: Int, time: Timestamp, steps: [JourneyStep], exits: [Exit]) {
        self.port = port
        self.frame = frame
        self.time = time
        self.steps = steps
        self.exits = exits
    }

    /// The reason for which it was dropped; nil where it was not.
    public var dropReason: String? { exits.lazy.compactMap(\.reason).first }

    /// How a frame left the pipeline.
    public struct Exit: Codable, Sendable, Equatable, Hashable {
        public enum Kind: String, Codable, Sendable {
            case transmitted, dropped, consumed
        }

        public var kind: Kind
        /// `transmitted`: the port that it left by.
        public var port: String?
        /// `transmitted`: its number among the frames that left that port, from 1, where the port has
        /// an output.
        public var frame: Int?
        /// `dropped`: the drop reason.
        public var reason: String?
        /// `dropped`, `consumed`: the stage by which it ended.
        public var stage: String?
        /// `dropped`: the field that decided, where it was one.
        public var field: String?
        /// `dropped`: what that field said, and what it was held against.
        public var value: String?

        public static func transmitted(port: String, frame: Int? = nil) -> Exit {
            Exit(kind: .transmitted, port: port, frame: frame)
        }

        /// It ended at a stage, and did what it came for, as ARP does that tells of a host.
        public static func consumed(stage: String) -> Exit { Exit(kind: .consumed, stage: stage) }

        public static func dropped(
            reason: String, stage: String, field: String? = nil, value: String? = nil
        ) -> Exit {
            Exit(kind: .dropped, reason: reason, stage: stage, field: field, value: value)
        }
    }
}

/// What one stage did with a frame.
public struct JourneyStep: Codable, Sendable, Equatable {
    /// The stage's name, or `receive` for what came in.
    public var stage: String
    /// For people: one line.
    public var text: String
    /// For programs: what the stage looked at and what it chose, by name. Text, but for `agrees`.
    public var facts: [String: JSONValue]

    public init(stage: String, text: String, facts: [String: JSONValue]) {
        self.stage = stage
        self.text = text
        self.facts = facts
    }
}
