// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/drops`: what was dropped, by reason.
public struct DropsReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    public var startedAt: Timestamp
    /// Frames that are kept of each reason.
    public var keptPerReason: Int
    /// The reasons for which a frame was dropped, the most frequent first.
    public var reasons: [DropCount]

    public init(
        time: Timestamp, startedAt: Timestamp, keptPerReason: Int, reasons: [DropCount]
    ) {
        self.time = time
        self.startedAt = startedAt
        self.keptPerReason = keptPerReason
        self.reasons = reasons.sorted { ($1.frames, $0.reason) < ($0.frames, $1.reason) }
    }

    /// How fast frames were dropped for a reason between two samples of one run; nil when `earlier` is
    /// not earlier, or is of another run of the forwarder.
    public func rate(of reason: String, since earlier: DropsReply) -> Rate? {
        let elapsed = time.seconds(since: earlier.time)
        guard startedAt == earlier.startedAt, elapsed > 0,
            let now = reasons.first(where: { $0.reason == reason })
        else { return nil }
        let before = earlier.reasons.first { $0.reason == reason }
        guard now.frames >= before?.frames ?? 0, now.bytes >= before?.bytes ?? 0 else { return nil }
        return Rate(
            frames: now.frames - (before?.frames ?? 0), bytes: now.bytes - (before?.bytes ?? 0),
            seconds: elapsed)
    }
}

/// One drop reason of a ``DropsReply``.
public struct DropCount: Codable, Sendable, Equatable {
    /// lowerCamelCase.
    public var reason: String
    /// One line: what happened.
    public var summary: String
    public var frames: UInt64
    public var bytes: UInt64
    /// Frames that can be looked at.
    public var kept: Int
    /// Over the last sampling interval of the forwarder; absent until there are two samples.
    public var rate: Rate?

    public init(
        reason: String, summary: String, frames: UInt64, bytes: UInt64, kept: Int,
        rate: Rate? = nil
    ) {
        self.reason = reason
        self.summary = summary
        self.frames = frames
        self.bytes = bytes
        self.kept = kept
        self.rate = rate
    }
}

extension Endpoint<DropsReply> {
    public static var drops: Self { Self("/v1/drops") }
}
