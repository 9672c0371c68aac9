// SPDX-License-Identifier: Apache-2.0

/// What `freeway replay --json` prints: one replay, from the first frame to the last.
public struct ReplayReport: SchemaVersioned, Equatable {
    /// `held` became `inTransit` and `parked`.
    public static let currentSchema = 2
    public private(set) var schemaVersion = Self.currentSchema
    /// Whether ``ledger`` balances, and nothing else that the replay checks about itself failed.
    public var balanced: Bool
    public var workers: Int
    /// How often the inputs were played.
    public var rounds: Int
    public var ledger: Ledger
    /// By port name.
    public var ports: [String: ReplayPort]
    /// The names of the ports in the order of the configuration.
    public var portOrder: [String]
    /// Received frames in each second of wall time.
    public var framesPerSecond: Double
    /// Received bits (frame bytes without FCS) in each second of wall time.
    public var bitsPerSecond: Double
    /// Wall time from the first burst to the last frame's exit.
    public var seconds: Double
    /// The frames that were dropped last, by reason, oldest first.
    public var drops: [String: [DroppedFrame]] = [:]
    /// Absent when the replay waited for nothing.
    public var pace: ReplayPaceReport?
    /// Remarks for a person, such as a capture whose timestamps run backwards.
    public var notes: [String]
    /// The answers to the queries among the steps, in the order in which they were asked; absent without
    /// queries.
    public var answers: [ReplayAnswer]?

    /// Rates and ``balanced`` follow from `ledger` and `seconds`.
    public init(
        workers: Int, rounds: Int = 1, ledger: Ledger, ports: [String: ReplayPort],
        portOrder: [String]? = nil, seconds: Double, notes: [String] = [],
        answers: [ReplayAnswer]? = nil
    ) {
        let rate = Rate(frames: ledger.received, bytes: ledger.bytes.received, seconds: seconds)
        balanced = ledger.isBalanced
        self.workers = workers
        self.rounds = rounds
        self.ledger = ledger
        self.ports = ports
        self.portOrder = portOrder ?? ports.keys.sorted()
        framesPerSecond = rate.framesPerSecond
        bitsPerSecond = rate.bitsPerSecond
        self.seconds = seconds.isFinite ? seconds : 0
        self.notes = notes
        self.answers = answers
    }
}
