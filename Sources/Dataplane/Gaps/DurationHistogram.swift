// SPDX-License-Identifier: Apache-2.0

/// Counts durations by size in a fixed number of buckets, 16 for each power of two: what it says of the
/// middle is right within a sixteenth. One writer; read once that has returned.
struct DurationHistogram: @unchecked Sendable {
    private static let bucketCount = 1024
    private let words: UnsafeMutablePointer<UInt64>

    init() { words = linesOf([UInt64](repeating: 0, count: Self.bucketCount)) }

    func free() { words.deallocate() }

    /// - Parameter nanoseconds: of any size.
    func add(_ nanoseconds: UInt64) { words[Self.bucket(nanoseconds)] &+= 1 }

    /// The duration that a share of all does not exceed, as the upper end of its bucket; 0 of none.
    func quantile(_ share: Double) -> UInt64 {
        let total = (0..<Self.bucketCount).reduce(UInt64(0)) { $0 + words[$1] }
        let rank = UInt64((Double(total) * share).rounded(.up))
        var seen: UInt64 = 0
        for bucket in 0..<Self.bucketCount where words[bucket] > 0 {
            seen += words[bucket]
            if seen >= rank { return Self.upperEnd(of: bucket) }
        }
        return 0
    }

    /// Values below 16 have a bucket each; above, the four bits behind the highest one choose.
    static func bucket(_ value: UInt64) -> Int {
        guard value >= 16 else { return Int(truncatingIfNeeded: value) }
        let exponent = 63 &- value.leadingZeroBitCount
        let step = Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: exponent &- 4)) & 15
        return (exponent &- 3) &* 16 &+ step
    }

    /// The largest value in a bucket.
    static func upperEnd(of bucket: Int) -> UInt64 {
        guard bucket >= 16 else { return UInt64(bucket) }
        let exponent = UInt64(bucket / 16 + 3)
        return UInt64(16 + bucket % 16) << (exponent - 4) | ((1 << (exponent - 4)) - 1)
    }
}
