// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/stats`: the whole forwarder's ledger at one moment.
public struct StatsReply: SchemaVersioned, Equatable {
    /// `held` became `inTransit` and `parked`.
    public static let currentSchema = 2
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    public var startedAt: Timestamp
    public var uptimeSeconds: Double
    public var balanced: Bool
    public var workers: Int
    public var ledger: Ledger
    public var handoff: Handoff
    /// By port name.
    public var ports: [String: PortTotals]
    /// The names of the ports in the order of the configuration.
    public var portOrder: [String]
    /// Absent until there are two samples.
    public var rates: StatsRates?
    /// The indices of workers that have not ended a round for a second or longer.
    public var stalledWorkers: [Int]

    /// ``uptimeSeconds`` and ``balanced`` follow from the other values.
    /// - Parameter portOrder: that of their names when it is not given.
    public init(
        time: Timestamp, startedAt: Timestamp, workers: Int, ledger: Ledger, handoff: Handoff,
        ports: [String: PortTotals], portOrder: [String]? = nil, rates: StatsRates? = nil,
        stalledWorkers: [Int] = []
    ) {
        self.time = time
        self.startedAt = startedAt
        uptimeSeconds = time.seconds(since: startedAt)
        balanced = ledger.isBalanced
        self.workers = workers
        self.ledger = ledger
        self.handoff = handoff
        self.ports = ports
        self.portOrder = portOrder ?? ports.keys.sorted()
        self.rates = rates
        self.stalledWorkers = stalledWorkers
    }

    /// How fast frames were dropped for a reason between two samples of one run; nil as for
    /// ``rates(since:)``.
    public func dropRate(of reason: String, since earlier: StatsReply) -> Rate? {
        let elapsed = time.seconds(since: earlier.time)
        let frames = (ledger.dropped[reason] ?? 0, earlier.ledger.dropped[reason] ?? 0)
        let bytes = (ledger.bytes.dropped[reason] ?? 0, earlier.ledger.bytes.dropped[reason] ?? 0)
        guard startedAt == earlier.startedAt, elapsed > 0, frames.0 >= frames.1, bytes.0 >= bytes.1
        else { return nil }
        return Rate(frames: frames.0 - frames.1, bytes: bytes.0 - bytes.1, seconds: elapsed)
    }

    /// Rates between two samples of one run; `nil` when `earlier` is not earlier, or is of
    /// another run of the forwarder.
    public func rates(since earlier: StatsReply) -> StatsRates? {
        let elapsed = time.seconds(since: earlier.time)
        guard startedAt == earlier.startedAt, elapsed > 0,
            ledger.received >= earlier.ledger.received,
            ledger.transmitted >= earlier.ledger.transmitted,
            ledger.bytes.received >= earlier.ledger.bytes.received,
            ledger.bytes.transmitted >= earlier.ledger.bytes.transmitted
        else { return nil }
        return StatsRates(
            received: Rate(
                frames: ledger.received - earlier.ledger.received,
                bytes: ledger.bytes.received - earlier.ledger.bytes.received,
                seconds: elapsed),
            transmitted: Rate(
                frames: ledger.transmitted - earlier.ledger.transmitted,
                bytes: ledger.bytes.transmitted - earlier.ledger.bytes.transmitted,
                seconds: elapsed),
            seconds: elapsed)
    }
}

extension Endpoint<StatsReply> {
    public static var stats: Self { Self("/v1/stats") }
}
