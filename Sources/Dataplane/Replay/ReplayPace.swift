// SPDX-License-Identifier: Apache-2.0

import DPDK

/// A replay in real time: each frame is due at a moment that follows from one start, so that a late frame
/// makes no other one late; and what became of that. Control thread; the reading worker has `pacer`.
public final class ReplayPace: @unchecked Sendable {
    /// How wanted and achieved times differed, in nanoseconds.
    public struct Differences: Sendable, Equatable {
        /// Right within a sixteenth.
        public let median: UInt64
        public let percentile99: UInt64
        public let maximum: UInt64
    }

    /// How many times faster than recorded.
    public let speed: Double
    let record: UnsafeMutablePointer<Record>

    /// What the worker writes down.
    struct Record {
        let lateness = DurationHistogram()
        let gapErrors = DurationHistogram()
        var mostLate: UInt64 = 0
        var greatestGapError: UInt64 = 0
        /// Nanoseconds from the start to the last frame.
        var elapsed: UInt64 = 0
    }

    public init(speed: Double) {
        precondition(speed > 0 && speed.isFinite, "time does not stand still")
        self.speed = speed
        record = linesOf([Record()])
    }

    deinit {
        record.pointee.lateness.free()
        record.pointee.gapErrors.free()
        record.deallocate()
    }

    /// How late frames came in. The worker must have returned, as for all that follows.
    public var lateness: Differences {
        differences(record.pointee.lateness, record.pointee.mostLate)
    }

    /// By how much the gaps between frames were longer or shorter than they should have been.
    public var gapErrors: Differences {
        differences(record.pointee.gapErrors, record.pointee.greatestGapError)
    }

    /// Seconds from the start to the last frame.
    public var elapsedSeconds: Double { Double(record.pointee.elapsed) / 1e9 }

    private func differences(_ histogram: DurationHistogram, _ maximum: UInt64) -> Differences {
        Differences(
            median: min(histogram.quantile(0.5), maximum),
            percentile99: min(histogram.quantile(0.99), maximum), maximum: maximum)
    }

    /// - Parameter first: the time of the first frame, which is due at once.
    func pacer(first: UInt64) -> Pacer {
        let ticksPerNanosecond = Double(TimestampCounter.frequency) / 1e9
        return Pacer(
            record: record, first: first, ticksPerNanosecond: ticksPerNanosecond,
            ticksPerRecorded: ticksPerNanosecond / speed)
    }

    /// Says when frames are due. Worker's thread.
    struct Pacer {
        let record: UnsafeMutablePointer<Record>
        let first: UInt64
        let ticksPerNanosecond: Double
        /// Ticks for each nanosecond of the captures.
        let ticksPerRecorded: Double
        /// The counter when the first frame was due; 0 before.
        private var start: UInt64 = 0
        private var lastLateness = 0.0
        private var hasLast = false

        init(
            record: UnsafeMutablePointer<Record>, first: UInt64, ticksPerNanosecond: Double,
            ticksPerRecorded: Double
        ) {
            self.record = record
            self.first = first
            self.ticksPerNanosecond = ticksPerNanosecond
            self.ticksPerRecorded = ticksPerRecorded
        }

        /// Nanoseconds of real time until a frame is due; 0 or less when it is. The first question
        /// starts the clock.
        mutating func delay(until time: UInt64) -> Double {
            let now = TimestampCounter.now
            if start == 0 { start = now }
            return (due(time) - Double(now &- start)) / ticksPerNanosecond
        }

        /// Ticks after the start at which a frame is due.
        private func due(_ time: UInt64) -> Double { Double(time &- first) * ticksPerRecorded }

        /// Notes that a frame came in at a moment of the counter.
        mutating func note(_ time: UInt64, at now: UInt64) {
            let elapsed = Double(now &- start)
            // Not below 0 but for rounding.
            let late = max(0, elapsed - due(time)) / ticksPerNanosecond
            let nanoseconds = Self.whole(late)
            record.pointee.lateness.add(nanoseconds)
            record.pointee.mostLate = max(record.pointee.mostLate, nanoseconds)
            if hasLast {
                let error = Self.whole((late - lastLateness).magnitude)
                record.pointee.gapErrors.add(error)
                record.pointee.greatestGapError = max(record.pointee.greatestGapError, error)
            }
            lastLateness = late
            hasLast = true
            record.pointee.elapsed = Self.whole(elapsed / ticksPerNanosecond)
        }

        private static func whole(_ nanoseconds: Double) -> UInt64 {
            nanoseconds < 1e18 ? UInt64(nanoseconds) : 1_000_000_000_000_000_000
        }
    }
}
