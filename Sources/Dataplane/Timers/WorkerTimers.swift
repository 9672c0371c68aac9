// SPDX-License-Identifier: Apache-2.0

/// The timers of one worker by the times of its clock, each with its place among those of all workers of a replay in
/// lock-step. Worker's thread.
struct WorkerTimers: ~Copyable {
    private var wheel: TimerWheel
    /// A tick has 2 to the power of so many units of the clock.
    private let tickBits: UInt64
    /// Counts whatever was armed: of all workers in lock-step, elsewhere the worker's own.
    private let counter: UnsafeMutablePointer<UInt64>

    /// For a time stamp counter of 1.3 to 3.3 GHz: ticks of 20 to 50 µs, so that what is less than 40 ms away is on the
    /// wheel's lowest level, and what is less than 80 s away on the next.
    static let liveTickBits: UInt64 = 16

    /// Which of two timers comes first.
    struct Place: Comparable {
        let tick: UInt64
        let number: UInt64

        static func < (left: Place, right: Place) -> Bool {
            left.tick == right.tick
                ? TimerWheel.isBehind(right.number, left.number) : left.tick < right.tick
        }
    }

    /// - Parameters:
    ///   - now: the present.
    ///   - counter: must live as long as the value.
    init(
        capacity: Int, now: UInt64, counter: UnsafeMutablePointer<UInt64>, tickBits: UInt64 = 0
    ) {
        precondition(tickBits < 64, "a time has 64 bits")
        wheel = TimerWheel(capacity: capacity, now: now >> tickBits)
        self.counter = counter
        self.tickBits = tickBits
    }

    /// How many are armed.
    var count: Int { wheel.count }

    /// Has a timer come with the first tick that does not begin before a time, or with the last.
    mutating func arm(_ timer: Int, at time: UInt64) {
        counter.pointee &+= 1
        let isWithinTick = time & (1 &<< tickBits &- 1) != 0
        let tick = min((time &>> tickBits) &+ (isWithinTick ? 1 : 0), .max &>> tickBits)
        wheel.arm(timer, at: tick, number: counter.pointee)
    }

    mutating func disarm(_ timer: Int) { wheel.disarm(timer) }

    /// No timer comes before; nil when none is armed.
    var next: UInt64? { wheel.next.map { $0 &<< tickBits } }

    /// Where the next timer that is due by a time stands; nil when there is none.
    mutating func nextDue(by time: UInt64) -> Place? {
        wheel.firstDue(by: time &>> tickBits).map {
            Place(tick: wheel.now, number: wheel.number(of: $0))
        }
    }

    /// The next timer that is due by a time, which is not armed any more.
    mutating func takeDue(by time: UInt64) -> Int? { wheel.takeDue(by: time &>> tickBits) }
}
