// SPDX-License-Identifier: Apache-2.0

/// When the frames of a replay enter: the inputs once, or several times one after the other. Times are
/// nanoseconds since the epoch of its schedule.
public struct ReplayTimeline: Sendable, Equatable {
    /// The earliest frame of all inputs, and the latest.
    public let first: UInt64
    public let last: UInt64
    /// Frames of all inputs, once.
    public let frameCount: Int
    /// How often the inputs are played: at least once.
    public let rounds: Int

    public init(first: UInt64, last: UInt64, frameCount: Int, rounds: Int = 1) {
        precondition(first <= last && rounds > 0, "a timeline that goes nowhere")
        self.first = first
        self.last = last
        self.frameCount = frameCount
        self.rounds = rounds
    }

    /// Of some inputs' times, each of which does not decrease.
    public init(of inputs: [[UInt64]], rounds: Int = 1) {
        self.init(
            first: inputs.compactMap(\.first).min() ?? 0,
            last: inputs.compactMap(\.last).max() ?? 0,
            frameCount: inputs.reduce(0) { $0 + $1.count }, rounds: rounds)
    }

    /// Between the last frame of a round and the first of the next: the mean gap between the inputs'
    /// frames, so that their rate goes on; a millisecond where all have one time.
    public var gap: UInt64 {
        guard last > first, frameCount > 1 else { return 1_000_000 }
        return max(1, (last - first) / UInt64(frameCount - 1))
    }

    /// By how much a round is later than the one before it.
    public var period: UInt64 { last - first + gap }

    /// How many frames, over all rounds, enter up to a time.
    /// - Parameter times: of the frames of the first round, in their order.
    func frames(upTo time: UInt64, _ times: UnsafeBufferPointer<UInt64>) -> Int {
        guard time >= first, !times.isEmpty else { return 0 }
        let round = min((time - first) / period, UInt64(rounds - 1))
        let timeInRound = time - round * period
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= timeInRound { low = middle + 1 } else { high = middle }
        }
        return Int(round) * times.count + low
    }

    /// The last frame of the last round; nil when that is later than a nanosecond count can say.
    public var end: UInt64? {
        let (shift, isTooLong) = period.multipliedReportingOverflow(by: UInt64(rounds - 1))
        let (end, isTooLate) = last.addingReportingOverflow(shift)
        return isTooLong || isTooLate ? nil : end
    }
}
