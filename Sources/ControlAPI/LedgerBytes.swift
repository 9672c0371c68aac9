// SPDX-License-Identifier: Apache-2.0

/// The byte side of a ``Ledger``: frame bytes without FCS.
public struct LedgerBytes: Codable, Sendable, Equatable {
    public var received: UInt64
    public var transmitted: UInt64
    /// Bytes by drop reason. Reasons with no byte are left out of the JSON.
    public var dropped: [String: UInt64]

    public init(
        received: UInt64 = 0, transmitted: UInt64 = 0, dropped: [String: UInt64] = [:]
    ) {
        self.received = received
        self.transmitted = transmitted
        self.dropped = dropped
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(received, forKey: .received)
        try container.encode(transmitted, forKey: .transmitted)
        try container.encode(dropped.filter { $0.value != 0 }, forKey: .dropped)
    }
}
