// SPDX-License-Identifier: Apache-2.0

/// What `freeway bench --json` prints.
public struct BenchReport: SchemaVersioned, Equatable {
    /// `held` became `inTransit` and `parked`.
    public static let currentSchema = 2
    public private(set) var schemaVersion = Self.currentSchema
    /// Whether it was ended early; the figures are then those of the time that there was.
    public var interrupted: Bool
    /// In the order in which they ran.
    public var workloads: [BenchWorkloadReport]
    /// Remarks for a person, such as a workload that was left out.
    public var notes: [String]

    public init(
        workloads: [BenchWorkloadReport], interrupted: Bool = false, notes: [String] = []
    ) {
        self.workloads = workloads
        self.interrupted = interrupted
        self.notes = notes
    }
}

/// What one workload came to. Cycles are ticks of the time stamp counter, which has one rate whatever
/// the clock of the CPU does.
public struct BenchWorkloadReport: Codable, Sendable, Equatable {
    public var name: String
    public var workers: Int
    /// Whether workers share CPUs. Cycles then count also while a worker waits for one.
    public var floating: Bool
    /// `huge` or `ordinary`.
    public var pages: String
    /// Routes of the configuration; 0 where nothing is routed.
    public var prefixes: Int
    /// Different frames that go round, over all workers.
    public var differentFrames: Int
    /// Bytes on the wire of a frame in the mean: with FCS, preamble and gap.
    public var wireBytesPerFrame: Double
    /// That were measured.
    public var seconds: Double
    /// Frames that left while it was measured.
    public var packets: UInt64
    public var ticksPerSecond: UInt64
    /// Million packets a second, over all workers.
    public var mpps: Double
    /// Of the workers that it took: with two of them, twice what the clock on the wall says.
    public var cyclesPerPacket: Double
    public var nanosecondsPerPacket: Double
    public var packetsPerBurst: Double
    /// How many times the packets of a full 10 Gbit/s link, of 64-byte frames and of IMIX frames, fit
    /// into `mpps`.
    public var tenGigabit64: Double
    public var tenGigabitIMIX: Double
    /// Cycles of a packet by part of the round, from sampled rounds; empty when none were.
    public var stages: [String: Double]
    public var interrupted: Bool
    /// Since the start, the warm-up included.
    public var ledger: Ledger
    public var notes: [String]

    public init(
        name: String, workers: Int, floating: Bool, pages: String, prefixes: Int,
        differentFrames: Int, wireBytesPerFrame: Double, measured: Measured, ledger: Ledger
    ) {
        self.name = name
        self.workers = workers
        self.floating = floating
        self.pages = pages
        self.prefixes = prefixes
        self.differentFrames = differentFrames
        self.wireBytesPerFrame = wireBytesPerFrame
        self.ledger = ledger
        seconds = measured.seconds
        packets = measured.packets
        ticksPerSecond = measured.ticksPerSecond
        mpps = measured.packetsPerSecond / 1e6
        let perPacket = measured.packets == 0 ? 0 : 1 / Double(measured.packets)
        cyclesPerPacket = Double(measured.ticks) * perPacket
        nanosecondsPerPacket =
            measured.ticksPerSecond == 0
            ? 0 : cyclesPerPacket / Double(measured.ticksPerSecond) * 1e9
        packetsPerBurst = measured.packetsPerBurst
        tenGigabit64 = measured.packetsPerSecond / LineRate.tenGigabit64
        tenGigabitIMIX = measured.packetsPerSecond / LineRate.tenGigabitIMIX
        stages = measured.stages
        interrupted = false
        notes = []
    }

    /// What was counted between two moments.
    public struct Measured: Sendable {
        public var seconds = 0.0
        public var packets: UInt64 = 0
        /// Of all workers.
        public var ticks: UInt64 = 0
        public var ticksPerSecond: UInt64 = 0
        public var packetsPerSecond = 0.0
        public var packetsPerBurst = 0.0
        public var stages: [String: Double] = [:]

        public init() {}
    }

    /// Frames a second that fill a 10 Gbit/s link.
    public enum LineRate {
        /// Of a frame in front and behind: preamble, start delimiter and gap (IEEE 802.3).
        public static let overheadBytes = 20.0
        /// Frames of 64 bytes: 14.88 million.
        public static let tenGigabit64 = rate(64)
        /// Frames of 64, 594 and 1518 bytes as 7 to 4 to 1, 361.8 bytes in the mean: 3.27 million.
        public static let tenGigabitIMIX = rate((7 * 64.0 + 4 * 594 + 1518) / 12)

        private static func rate(_ bytes: Double) -> Double {
            10e9 / (8 * (bytes + overheadBytes))
        }
    }
}
