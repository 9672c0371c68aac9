// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/drops/{reason}`: the frames that were dropped last for one reason.
public struct DroppedFramesReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    /// The reason's counts.
    public var count: DropCount
    /// Oldest first.
    public var samples: [DroppedFrame]
    /// Of `localNotHandled`: what came, by protocol and port, the most frames first.
    public var unclaimed: [UnclaimedTrafficCount]?

    public init(
        time: Timestamp, count: DropCount, samples: [DroppedFrame],
        unclaimed: [UnclaimedTrafficCount]? = nil
    ) {
        self.time = time
        self.count = count
        self.samples = samples
        self.unclaimed = unclaimed
    }
}

/// Packets for own addresses that nobody took, of one protocol and port.
public struct UnclaimedTrafficCount: Codable, Sendable, Equatable {
    /// `udp`, `tcp`, `icmp`, `sctp` or `protocol 89`; `other` for all that is not told apart any more.
    public var `protocol`: String
    /// That they were for; absent where there is none.
    public var port: Int?
    public var frames: UInt64

    public init(protocol: String, port: Int?, frames: UInt64) {
        self.protocol = `protocol`
        self.port = port
        self.frames = frames
    }
}

extension Endpoint<DroppedFramesReply> {
    public static var dropsOfReason: Self { Self("/v1/drops/{reason}") }
}
