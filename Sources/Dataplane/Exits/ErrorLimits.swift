// SPDX-License-Identifier: Apache-2.0

/// How many ICMP messages about errors may go out: a token bucket for each interface that the frames came in by and each
/// bucket of flows, which has one owner, so that what a replay gives does not depend on the number of workers. Worker's
/// thread.
///
/// A word each: when the bucket would be full again, by the worker's clock (the generic cell rate algorithm, ITU-T I.371).
/// Memory that no interface uses is never touched.
struct ErrorLimits: @unchecked Sendable {
    /// Messages that may go out at once.
    static let burst: UInt64 = 10
    private static let count = InterfaceCounters.capacity * FlowBucket.count
    private let words: UnsafeMutablePointer<UInt64>

    /// All buckets full.
    init() { words = zeroPages(of: UInt64.self, count: Self.count) }

    func free() { freeZeroPages(words, count: Self.count) }

    /// Whether one more may go out now.
    /// - Parameters:
    ///   - interface: by which the frame that it is about came in: its number.
    ///   - rate: messages a second of all buckets of the interface together.
    func allow(
        _ interface: UInt16, bucket: Int, rate: UInt32, at time: UInt64, ticksPerSecond: UInt64
    ) -> Bool {
        guard rate > 0 else { return false }
        let interval = ticksPerSecond &* UInt64(FlowBucket.count) / UInt64(rate)
        let word = words + (Int(interface) * FlowBucket.count + bucket)
        let full = max(word.pointee, time)
        guard full &- time <= interval &* (Self.burst - 1) else { return false }
        word.pointee = full &+ interval
        return true
    }
}
