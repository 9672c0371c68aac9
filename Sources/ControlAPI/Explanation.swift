// SPDX-License-Identifier: Apache-2.0

/// What `freeway explain --json` prints and `POST /v1/explain` replies: frames, and what the stages
/// did with each.
public struct Explanation: SchemaVersioned, Equatable {
    /// A journey has `exits`.
    public static let currentSchema = 2
    public private(set) var schemaVersion = Self.currentSchema
    public var frames: [ExplainedFrame]
    /// Frames that came in and are not in ``frames``.
    public var omitted: Int
    /// Remarks for a person, such as a capture that ends in the middle of a frame.
    public var notes: [String]

    public init(frames: [ExplainedFrame], omitted: Int = 0, notes: [String] = []) {
        self.frames = frames
        self.omitted = omitted
        self.notes = notes
    }
}

/// A frame with its journey and its bytes.
public struct ExplainedFrame: Codable, Sendable, Equatable {
    public var journey: FrameJourney
    /// The frame as it came in, in hexadecimal digits.
    public var entryBytes: String
    /// The frame as it left; absent where it was dropped.
    public var exitBytes: String?

    public init(journey: FrameJourney, entryBytes: [UInt8], exitBytes: [UInt8]?) {
        self.journey = journey
        self.entryBytes = Self.hexadecimal(entryBytes)
        self.exitBytes = exitBytes.map(Self.hexadecimal)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Endpoint<Explanation> {
    public static var explain: Self { Self("/v1/explain", .post) }
}
