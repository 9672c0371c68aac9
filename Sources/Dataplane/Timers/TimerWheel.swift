// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The timers of one worker: so many that are told apart by number, each armed for a tick or not at all. Whoever has
/// them says what a tick is: so long that few timers are 2³³ of them away, since these are looked through each time
/// that so many have gone by. One thread; nothing is allocated after `init`.
///
/// Due timers come in the order of their ticks, and those of one tick in the order in which they were armed.
///
/// Three levels of 2,048 slots (Varghese and Lauck 1987, scheme 7), of 1, 2¹¹ and 2²² ticks each: a timer is on the
/// lowest level whose slots reach from the present to its tick, and comes down when its slot begins, so that a slot of
/// the second level is the most that comes down at a time of timers which are less than 2²² ticks away. What is too
/// far for a slot waits in a list of its own. A timer that is armed again for later stays where it is, and goes on to
/// its slot when that place comes: what is put off with each frame costs a store.
struct TimerWheel: ~Copyable {
    /// Small, since of many timers each is somewhere else in memory.
    private struct Timer {
        /// `never` while it is not armed.
        var tick = never
        private var numberAndPlace = UInt64(Timer.noPlace)

        static let noPlace: TimerSlots.Place = 1 &<< placeBits &- 1
        private static let placeBits: UInt64 = 24

        /// That of its last arming, modulo 2⁴⁰.
        var number: UInt64 {
            get { numberAndPlace &>> Self.placeBits }
            set { numberAndPlace = newValue &<< Self.placeBits | UInt64(place) }
        }

        /// Where it is in the list of a slot that begins no later than its tick; `noPlace` when it is in none.
        var place: TimerSlots.Place {
            get { TimerSlots.Place(truncatingIfNeeded: numberAndPlace) & Self.noPlace }
            set { numberAndPlace = numberAndPlace & ~UInt64(Self.noPlace) | UInt64(newValue) }
        }
    }

    private static let never = UInt64.max
    private static let levels = 3
    private static let bits: UInt64 = 11
    private static let slotsOfLevel = 1 << 11
    /// Of timers that are too far away for a slot.
    private static let farSlot = levels * slotsOfLevel

    private let timers: UnsafeMutablePointer<Timer>
    private var slots: TimerSlots
    /// Those of the present that have not come yet.
    private var due: DueTimers
    /// The present. Timers of earlier ticks have come; those of this one may still be coming.
    private(set) var now: UInt64
    let capacity: Int
    /// The first tick at which there may be something to do: no timer is earlier.
    private var earliest = never
    /// When those are to be looked through that are too far away for a slot.
    private var farStart = never
    /// How many are armed.
    private(set) var count = 0

    init(capacity: Int, now: UInt64) {
        precondition(capacity >= 0 && capacity <= TimerSlots.mostTimers, "too many timers")
        precondition(now < Self.never, "time ends before the last tick")
        timers = pages(of: Timer.self, count: max(1, capacity))
        timers.initialize(repeating: Timer(), count: max(1, capacity))
        // A multiple of 4,096, with the list of those far away.
        slots = TimerSlots(slots: Self.farSlot + Self.slotsOfLevel, timers: capacity)
        due = DueTimers(capacity: capacity)
        self.capacity = capacity
        self.now = now
    }

    deinit { timers.deallocate() }

    func isArmed(_ timer: Int) -> Bool {
        precondition(timer >= 0 && timer < capacity, "there is no such timer")
        return timers[timer].tick != Self.never
    }

    /// The number of a timer's last arming, modulo 2⁴⁰.
    func number(of timer: Int) -> UInt64 { timers[timer].number }

    /// Whether an arming was later than another, by their numbers modulo 2⁴⁰.
    @inline(__always) static func isBehind(_ number: UInt64, _ other: UInt64) -> Bool {
        Int64(bitPattern: (number &- other) &<< 24) > 0
    }

    /// Has a timer come at a tick, instead of the one for which it may be armed; one that is not in the future comes
    /// at the next. So one that arms itself again comes once a tick at most, and never behind the last.
    /// - Parameter number: one more with each arming; 2³⁹ of them are the most that may lie between two timers of one
    ///   tick, if these are to come in order.
    @inline(__always) mutating func arm(_ timer: Int, at wanted: UInt64, number: UInt64) {
        let tick = max(min(wanted, Self.never &- 1), now &+ 1)
        guard tick < Self.never else { return disarm(timer) }
        if !isArmed(timer) { count &+= 1 }
        let (before, place) = (timers[timer].tick, timers[timer].place)
        timers[timer].tick = tick
        timers[timer].number = number
        guard place != Timer.noPlace else { return list(timer) }
        // Its place comes before then.
        if before <= tick && before != Self.never || start(of: slots.slot(of: place)) <= tick {
            return
        }
        unlist(timer)
        list(timer)
    }

    /// Has a timer not come.
    @inline(__always) mutating func disarm(_ timer: Int) {
        guard isArmed(timer) else { return }
        timers[timer].tick = Self.never
        count &-= 1
    }

    /// The tick at which the next timer may come, or something is sorted; nil when none is armed. Never later than the
    /// first timer's.
    var next: UInt64? { count == 0 ? nil : earliest }

    /// The next timer that is due by a tick, which is not armed any more; nil when there is none, and the tick is the
    /// present. One at a time, so that whoever gets it may use the wheel, and stop: the present stays at the tick of
    /// the last one.
    mutating func takeDue(by tick: UInt64) -> Int? {
        guard let first = firstDue(by: tick) else { return nil }
        due.removeFirst()
        if due.isEmpty { earliest = nextToBegin() }
        disarm(first)
        return first
    }

    /// The timer that `takeDue` would give; its tick becomes the present.
    ///
    /// The first of many of one tick, or that come down a level together, waits until all have been looked at: their
    /// number, and that of the timers that are too far for a slot, is what the longest call takes.
    mutating func firstDue(by tick: UInt64) -> Int? {
        precondition(tick < Self.never, "time ends before the last tick")
        while earliest <= tick {
            if due.isEmpty { begin(earliest) }
            while !due.isEmpty {
                let first = Int(due.first)
                // It may not be armed any more, or for later.
                if timers[first].tick == now { return first }
                due.removeFirst()
            }
            earliest = nextToBegin()
        }
        now = max(now, tick)
        return nil
    }

    /// A tick becomes the present: what is in the slots that begin with it is due, or comes down.
    private mutating func begin(_ tick: UInt64) {
        now = tick
        if tick >= farStart {
            farStart = Self.never
            take(Self.farSlot)
        }
        for level in (1..<Self.levels).reversed() {
            let shift = UInt64(level) &* Self.bits
            guard tick & (1 &<< shift &- 1) == 0 else { continue }
            take(level &* Self.slotsOfLevel &+ place(of: tick, level))
        }
        take(place(of: tick, 0))
        due.sort()
        prefetchNextTicks()
    }

    /// Takes a slot's timers out of it: those of the present are due, others go where they belong by now.
    private mutating func take(_ slot: Int) {
        var walk = slots.takeAll(of: slot)
        prefetchRecords(of: slots.upcoming(in: walk))
        while let chunk = slots.nextChunk(of: &walk) {
            prefetchRecords(of: slots.upcoming(in: walk))
            for timer in chunk {
                let record = timers + Int(timer)
                record.pointee.place = Timer.noPlace
                if record.pointee.tick == now {
                    due.append(timer, number: record.pointee.number)
                } else if record.pointee.tick != Self.never {
                    list(Int(timer))
                }
            }
        }
    }

    /// They lie anywhere: all are waited for at once instead of one after the other.
    @inline(__always) private func prefetchRecords(of timers: UnsafeBufferPointer<UInt32>) {
        for timer in timers { (self.timers + Int(timer)).prefetch() }
    }

    /// Asks for what the next ticks will need, while whoever has the timers of this one works on them.
    private func prefetchNextTicks() {
        guard let next = nextFilled(behind: place(of: now, 0), 0),
            let second = nextFilled(behind: next, 0)
        else { return }
        prefetchRecords(of: slots.firstTimers(of: second))
        if let third = nextFilled(behind: second, 0) { slots.prefetchTimers(of: third) }
    }

    /// Puts a timer into the slot of its tick.
    @inline(__always) private mutating func list(_ timer: Int) {
        let tick = timers[timer].tick
        let (slot, start) = self.slot(of: tick)
        if slot == Self.farSlot { farStart = min(farStart, start) }
        earliest = min(earliest, start)
        timers[timer].place = slots.append(UInt32(timer), to: slot)
    }

    private mutating func unlist(_ timer: Int) {
        let place = timers[timer].place
        timers[timer].place = Timer.noPlace
        if let moved = slots.remove(at: place) { timers[Int(moved)].place = place }
    }

    /// Where a tick that is behind the present belongs, and when that slot begins.
    @inline(__always) private func slot(of tick: UInt64) -> (slot: Int, start: UInt64) {
        for level in 0..<Self.levels {
            let shift = UInt64(level) &* Self.bits
            if (tick &>> shift) &- (now &>> shift) < UInt64(Self.slotsOfLevel) {
                return (
                    level &* Self.slotsOfLevel &+ place(of: tick, level), (tick &>> shift) &<< shift
                )
            }
        }
        let shift = UInt64(Self.levels - 1) &* Self.bits
        return (Self.farSlot, (tick &>> shift) &<< shift)
    }

    private func place(of tick: UInt64, _ level: Int) -> Int {
        Int(truncatingIfNeeded: tick &>> (UInt64(level) &* Self.bits)) & (Self.slotsOfLevel - 1)
    }

    /// The tick with which a slot that has timers begins.
    private func start(of slot: Int) -> UInt64 {
        guard slot != Self.farSlot else { return farStart }
        let level = slot / Self.slotsOfLevel
        let shift = UInt64(level) &* Self.bits
        let present = now &>> shift
        let ahead = (UInt64(slot) &- present) & UInt64(Self.slotsOfLevel - 1)
        return (present &+ ahead) &<< shift
    }

    /// The first tick behind the present with which a slot begins that has timers; `never` when there is none.
    private func nextToBegin() -> UInt64 {
        var first = farStart
        for level in 0..<Self.levels {
            if let slot = nextFilled(behind: place(of: now, level), level) {
                first = min(first, start(of: slot))
            }
        }
        return first
    }

    /// The first slot of a level with timers behind a place, all around.
    private func nextFilled(behind place: Int, _ level: Int) -> Int? {
        let first = level &* Self.slotsOfLevel
        return slots.firstFilled(in: (first &+ place &+ 1)..<(first &+ Self.slotsOfLevel))
            ?? slots.firstFilled(in: first..<(first &+ place))
    }
}
