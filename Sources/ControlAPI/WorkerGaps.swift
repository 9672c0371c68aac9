// SPDX-License-Identifier: Apache-2.0

/// The gaps between a worker's rounds since it started. While a gap lasts it receives no frame.
public struct WorkerGaps: Codable, Sendable, Equatable {
    /// One gap.
    public struct Gap: Codable, Sendable, Equatable {
        /// When it ended.
        public var time: Timestamp
        public var nanoseconds: UInt64
        /// What the control plane did at some time of the gap: `reload`, `buildTables`, `publish`, `routes`,
        /// `statistics`, `explain`, `drops`, `links`. Empty when it did nothing.
        public var during: [String]

        public init(time: Timestamp, nanoseconds: UInt64, during: [String]) {
            self.time = time
            self.nanoseconds = nanoseconds
            self.during = during
        }
    }

    /// Gaps of about one length.
    public struct Bucket: Codable, Sendable, Equatable {
        /// The longest that can be in it; others are up to a sixteenth shorter.
        public var upToNanoseconds: UInt64
        public var count: UInt64

        public init(upToNanoseconds: UInt64, count: UInt64) {
            self.upToNanoseconds = upToNanoseconds
            self.count = count
        }
    }

    /// Shorter gaps are not counted.
    public static let thresholdNanoseconds: UInt64 = 2000

    /// How many were counted.
    public var count: UInt64
    /// The length that a share of all time was in gaps up to; the threshold when it is below that.
    public var p50Nanoseconds: UInt64
    public var p99Nanoseconds: UInt64
    public var p999Nanoseconds: UInt64
    /// 0 when none was counted.
    public var longestNanoseconds: UInt64
    /// The buckets that have gaps, the shortest first.
    public var histogram: [Bucket]
    /// The eight longest, longest first.
    public var longest: [Gap]

    /// ``longestNanoseconds`` follows from the list.
    public init(
        count: UInt64, p50Nanoseconds: UInt64, p99Nanoseconds: UInt64, p999Nanoseconds: UInt64,
        histogram: [Bucket], longest: [Gap]
    ) {
        self.count = count
        self.p50Nanoseconds = p50Nanoseconds
        self.p99Nanoseconds = p99Nanoseconds
        self.p999Nanoseconds = p999Nanoseconds
        self.histogram = histogram
        self.longest = longest.sorted { $0.nanoseconds > $1.nanoseconds }
        longestNanoseconds = self.longest.first?.nanoseconds ?? 0
    }
}
