// SPDX-License-Identifier: Apache-2.0

/// One worker, as `GET /v1/workers` shows it.
public struct WorkerStatus: Codable, Sendable, Equatable {
    public var index: Int
    public var lcore: Int
    /// The CPUs that the worker may run on: one, unless it floats.
    public var cpus: [Int]
    /// Whether it shares its CPUs with other workers.
    public var floating: Bool
    public var state: State
    public var rounds: UInt64
    /// Rounds in which no queue and no ring had a frame.
    public var emptyRounds: UInt64
    /// Frames received or taken in each round that was not empty: how full the bursts are.
    public var framesPerBusyRound: Double
    /// The share of its cycles spent in rounds that were not empty, 0 to 1.
    public var busyShare: Double
    public var received: Traffic
    public var transmitted: Traffic
    /// Frames given to other workers by ring.
    public var handedOff: UInt64
    /// Frames taken from other workers by ring.
    public var taken: UInt64
    /// The receive queues that it polls.
    public var queues: [Queue]
    /// For how long it has been `stalled`; absent in other states.
    public var stalledSeconds: Double?
    /// Absent in a replay, whose rounds wait for captures.
    public var gaps: WorkerGaps?
    /// Absent in a replay, and where the kernel does not say.
    public var thread: ThreadStatus?

    /// ``framesPerBusyRound`` follows from the counts. `busyShare` is clamped to 0 ... 1.
    public init(
        index: Int, lcore: Int, cpus: [Int], floating: Bool, state: State,
        rounds: UInt64, emptyRounds: UInt64, busyShare: Double,
        received: Traffic, transmitted: Traffic, handedOff: UInt64 = 0, taken: UInt64 = 0,
        queues: [Queue]
    ) {
        self.index = index
        self.lcore = lcore
        self.cpus = cpus
        self.floating = floating
        self.state = state
        self.rounds = rounds
        self.emptyRounds = emptyRounds
        let busyRounds = rounds > emptyRounds ? rounds - emptyRounds : 0
        framesPerBusyRound =
            busyRounds == 0 ? 0 : Double(received.frames &+ taken) / Double(busyRounds)
        self.busyShare = busyShare.isFinite ? min(1, max(0, busyShare)) : 0
        self.received = received
        self.transmitted = transmitted
        self.handedOff = handedOff
        self.taken = taken
        self.queues = queues
    }
}

extension WorkerStatus {
    /// Where a worker is in its life.
    public enum State: String, Codable, Sendable, CaseIterable {
        case starting, running
        /// It has not ended a round for a second or longer.
        case stalled
        case stopped
    }

    /// A receive queue that a worker polls.
    public struct Queue: Codable, Sendable, Equatable {
        /// The port's name.
        public var port: String
        public var queue: Int

        public init(port: String, queue: Int) {
            self.port = port
            self.queue = queue
        }
    }
}
