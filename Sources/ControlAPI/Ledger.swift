// SPDX-License-Identifier: Apache-2.0

/// Where every frame went. Counts are frames; ``bytes`` has the frame bytes without FCS.
///
/// The terms are those of the design: what came in, was made or copied equals what went out,
/// was punted, consumed, is in transit or parked, or was dropped for a named reason.
public struct Ledger: Codable, Sendable, Equatable {
    public var received: UInt64
    public var generated: UInt64
    public var copied: UInt64
    public var transmitted: UInt64
    public var punted: UInt64
    public var consumed: UInt64
    /// In queues, rings and buffers: they go on by themselves.
    public var inTransit: UInt64
    /// Kept until something comes that they need to go on.
    public var parked: UInt64
    /// Frames by drop reason (lowerCamelCase). Reasons with no frame are left out of the JSON.
    public var dropped: [String: UInt64]
    public var bytes: LedgerBytes

    public init(
        received: UInt64 = 0, generated: UInt64 = 0, copied: UInt64 = 0, transmitted: UInt64 = 0,
        punted: UInt64 = 0, consumed: UInt64 = 0, inTransit: UInt64 = 0,
        parked: UInt64 = 0, dropped: [String: UInt64] = [:], bytes: LedgerBytes = LedgerBytes()
    ) {
        self.received = received
        self.generated = generated
        self.copied = copied
        self.transmitted = transmitted
        self.punted = punted
        self.consumed = consumed
        self.inTransit = inTransit
        self.parked = parked
        self.dropped = dropped
        self.bytes = bytes
    }

    /// Frames dropped for any reason.
    public var totalDropped: UInt64 { dropped.values.reduce(0, &+) }

    /// received + generated + copied = transmitted + punted + consumed + inTransit + parked + Σ dropped.
    public var isBalanced: Bool {
        received &+ generated &+ copied
            == transmitted &+ punted &+ consumed &+ inTransit &+ parked &+ totalDropped
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(received, forKey: .received)
        try container.encode(generated, forKey: .generated)
        try container.encode(copied, forKey: .copied)
        try container.encode(transmitted, forKey: .transmitted)
        try container.encode(punted, forKey: .punted)
        try container.encode(consumed, forKey: .consumed)
        try container.encode(inTransit, forKey: .inTransit)
        try container.encode(parked, forKey: .parked)
        try container.encode(dropped.filter { $0.value != 0 }, forKey: .dropped)
        try container.encode(bytes, forKey: .bytes)
    }
}
