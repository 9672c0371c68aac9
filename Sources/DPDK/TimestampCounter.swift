// SPDX-License-Identifier: Apache-2.0

public import CDPDK
import Glibc
import Synchronization

/// The processor's time stamp counter. Any thread.
public enum TimestampCounter {
    /// The counter now. Wraps `rte_rdtsc`.
    @inlinable @inline(__always) public static var now: UInt64 { rte_rdtsc() }

    /// Ticks in a second, as measured against the system's monotonic clock while EAL started; valid from
    /// then on, and the same ever after. `rte_get_tsc_hz` is rounded to 10 MHz where the processor does
    /// not tell its frequency: wrong by 0.2 % at 2,445.4 MHz, 6 seconds in an hour.
    public static var frequency: UInt64 { measured.load(ordering: .relaxed) }

    private static let measured = Atomic<UInt64>(0)
    /// Both ends are right within a microsecond, so what is measured over this is within 50 millionths.
    private static let leastNanoseconds: UInt64 = 40_000_000

    /// Measures the frequency from that moment until now, and waits until that is long enough.
    static func calibrate(since start: Moment) {
        var end = Moment.now
        while end.nanoseconds - start.nanoseconds < leastNanoseconds {
            usleep(
                useconds_t((leastNanoseconds - (end.nanoseconds - start.nanoseconds)) / 1000 + 1))
            end = .now
        }
        let seconds = Double(end.nanoseconds - start.nanoseconds) / 1e9
        measured.store(
            UInt64((Double(end.ticks &- start.ticks) / seconds).rounded()), ordering: .relaxed)
    }

    /// One moment by both clocks.
    struct Moment {
        let ticks: UInt64
        /// Of `CLOCK_MONOTONIC`.
        let nanoseconds: UInt64

        /// The best of some readings: a thread may lose its CPU between the clocks.
        static var now: Moment {
            var best = read()
            for _ in 0..<16 {
                let next = read()
                if next.width < best.width { best = next }
            }
            return best.moment
        }

        private static func read() -> (moment: Moment, width: UInt64) {
            var time = timespec()
            let before = TimestampCounter.now
            clock_gettime(CLOCK_MONOTONIC, &time)
            let width = TimestampCounter.now &- before
            return (
                Moment(
                    ticks: before &+ width / 2,
                    nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)),
                width
            )
        }
    }
}
