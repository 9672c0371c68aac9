// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/drops/{reason}`: the frames that were dropped last for one reason.
public struct DroppedFramesReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    /// The reason's counts.
    public var count: DropCount
    /// Oldest first.
    public var samples: [DroppedFrame]

    public init(time: Timestamp, count: DropCount, samples: [DroppedFrame]) {
        self.time = time
        self.count = count
        self.samples = samples
    }
}

extension Endpoint<DroppedFramesReply> {
    public static var dropsOfReason: Self { Self("/v1/drops/{reason}") }
}
