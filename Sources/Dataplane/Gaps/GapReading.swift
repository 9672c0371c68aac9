// SPDX-License-Identifier: Apache-2.0

/// The gaps between a worker's rounds since it started: while one lasts, no frame is received. Any
/// thread.
public struct GapReading: Sendable {
    /// One gap.
    public struct Gap: Sendable {
        public let nanoseconds: UInt64
        /// When it ended, by the time stamp counter.
        public let end: UInt64
        /// What the control plane did at some time of the gap.
        public let activities: [ControlActivity.Kind]
    }

    /// Gaps of about one length.
    public struct Bucket: Sendable, Equatable {
        /// The longest that can be in it; others are up to a sixteenth shorter.
        public let nanoseconds: UInt64
        public let count: UInt64
    }

    /// Shorter gaps are not counted.
    public static let thresholdNanoseconds = GapBoard.thresholdNanoseconds

    /// Those that have gaps, the shortest first.
    public let buckets: [Bucket]
    /// The longest, longest first.
    public let longest: [Gap]
    /// Nanoseconds that the worker has run for, and those of them in gaps that were counted.
    let elapsed: Double
    let inGaps: Double

    init(
        elapsed: UInt64, inGaps: UInt64, buckets: [(ticks: UInt64, count: UInt64)],
        longest: [(ticks: UInt64, end: UInt64, activities: UInt64)], ticksPerSecond: UInt64
    ) {
        let nanoseconds = 1e9 / Double(max(1, ticksPerSecond))
        self.elapsed = Double(max(elapsed, inGaps)) * nanoseconds
        self.inGaps = Double(inGaps) * nanoseconds
        self.buckets = buckets.map {
            Bucket(nanoseconds: Self.whole(Double($0.ticks) * nanoseconds), count: $0.count)
        }
        self.longest = longest.sorted { $0.ticks > $1.ticks }.map {
            Gap(
                nanoseconds: Self.whole(Double($0.ticks) * nanoseconds), end: $0.end,
                activities: ControlActivity.kinds($0.activities))
        }
    }

    /// How many gaps reached the threshold.
    public var count: UInt64 { buckets.reduce(0) { $0 &+ $1.count } }

    /// The length, right within a sixteenth, that a share of all *time* was in gaps up to: so likely it is
    /// that a frame, which may arrive at any moment, meets no longer one. Shares of the number of gaps
    /// would say nothing, since millions of rounds are short.
    /// - Returns: the threshold when that is below it.
    public func quantile(_ share: Double) -> UInt64 {
        var left = elapsed * share - (elapsed - inGaps)
        guard left > 0 else { return Self.thresholdNanoseconds }
        let most = longest.first?.nanoseconds ?? .max
        for bucket in buckets {
            // What is in a bucket is on average in its middle.
            left -= Double(bucket.count) * Double(bucket.nanoseconds) * (31.0 / 32)
            if left <= 0 { return max(Self.thresholdNanoseconds, min(bucket.nanoseconds, most)) }
        }
        return max(Self.thresholdNanoseconds, min(buckets.last?.nanoseconds ?? 0, most))
    }

    private static func whole(_ nanoseconds: Double) -> UInt64 {
        nanoseconds < 1e18 ? UInt64(nanoseconds.rounded()) : 1_000_000_000_000_000_000
    }
}
