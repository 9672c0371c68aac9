// SPDX-License-Identifier: Apache-2.0

/// The timers of one worker, each with its place among those of all workers of a replay in lock-step. Worker's thread.
struct WorkerTimers: ~Copyable {
    private var wheel: TimerWheel
    /// By timer: the number under which it was armed.
    private let numbers: UnsafeMutablePointer<UInt64>
    /// Counts whatever was armed: of all workers in lock-step, elsewhere the worker's own.
    private let counter: UnsafeMutablePointer<UInt64>

    /// Which of two timers comes first.
    struct Place: Comparable {
        let tick: UInt64
        let number: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.tick, left.number) < (right.tick, right.number)
        }
    }

    /// - Parameter counter: must live as long as the value.
    init(capacity: Int, now: UInt64, counter: UnsafeMutablePointer<UInt64>) {
        wheel = TimerWheel(capacity: capacity, now: now)
        numbers = .allocate(capacity: max(1, capacity))
        numbers.initialize(repeating: 0, count: max(1, capacity))
        self.counter = counter
    }

    deinit { numbers.deallocate() }

    var now: UInt64 { wheel.now }
    var count: Int { wheel.count }

    func isArmed(_ timer: Int) -> Bool { wheel.isArmed(timer) }

    mutating func arm(_ timer: Int, at tick: UInt64) {
        wheel.arm(timer, at: tick)
        counter.pointee &+= 1
        numbers[timer] = counter.pointee
    }

    mutating func disarm(_ timer: Int) { wheel.disarm(timer) }

    /// No timer comes before; nil when none is armed.
    var next: UInt64? { wheel.next }

    /// Where the next timer that is due by a tick stands; nil when there is none.
    mutating func nextDue(by tick: UInt64) -> Place? {
        wheel.firstDue(by: tick).map { Place(tick: wheel.now, number: numbers[$0]) }
    }

    /// The next timer that is due by a tick, which is not armed any more.
    mutating func takeDue(by tick: UInt64) -> Int? { wheel.takeDue(by: tick) }
}
