// SPDX-License-Identifier: Apache-2.0

/// The timers of one worker: so many that are told apart by number, each armed for a tick or not at all. Whoever has
/// them says what a tick is: so long that few timers are 2³² of them away (1 ms: 49 days), since these are looked
/// through each time that so many have gone by. One thread; nothing is allocated after `init`.
///
/// Due timers come in the order of their ticks, and those of one tick in the order in which they were armed: a list
/// for each slot keeps it, and a timer only ever moves on to a slot that is empty of later ones.
///
/// Four levels of 256 slots (Varghese and Lauck 1987, scheme 7): a timer is on the level of the highest byte in which
/// its tick differs from the present, and comes down a level when the bytes above it agree. What is 2³² ticks away
/// and more waits in a list of its own.
struct TimerWheel: ~Copyable {
    private struct Timer {
        var tick: UInt64 = 0
        var next = none
        var previous = none
        /// The list that it is in; `noList` while it is not armed.
        var list = noList
    }

    private struct List {
        var first = none
        var last = none
    }

    private static let none = UInt32.max
    private static let noList = UInt32.max
    private static let levels = 4
    private static let slots = 256
    /// Of timers that are too far away for a slot.
    private static let farList = levels * slots

    private let timers: UnsafeMutablePointer<Timer>
    private let lists: UnsafeMutablePointer<List>
    /// A bit for each slot that has timers: four words a level.
    private let filled: UnsafeMutablePointer<UInt64>
    /// The present. Timers of earlier ticks have come; those of this one may still be coming.
    private(set) var now: UInt64
    let capacity: Int
    /// No timer that is too far away for a slot is earlier.
    private var earliestFar = UInt64.max
    /// How many are armed.
    private(set) var count = 0

    init(capacity: Int, now: UInt64) {
        precondition(capacity >= 0 && capacity < Int(Self.none), "a number has 32 bits")
        precondition(now < .max, "time ends before the last tick")
        timers = .allocate(capacity: max(1, capacity))
        timers.initialize(repeating: Timer(), count: max(1, capacity))
        lists = .allocate(capacity: Self.farList + 1)
        lists.initialize(repeating: List(), count: Self.farList + 1)
        filled = .allocate(capacity: Self.levels * Self.slots / 64)
        filled.initialize(repeating: 0, count: Self.levels * Self.slots / 64)
        self.capacity = capacity
        self.now = now
    }

    deinit {
        timers.deallocate()
        lists.deallocate()
        filled.deallocate()
    }

    func isArmed(_ timer: Int) -> Bool {
        precondition(timer >= 0 && timer < capacity, "there is no such timer")
        return timers[timer].list != Self.noList
    }

    /// Has a timer come at a tick, instead of the one for which it may be armed; one that is not in the future comes
    /// at the next. So one that arms itself again comes once a tick at most.
    mutating func arm(_ timer: Int, at tick: UInt64) {
        disarm(timer)
        timers[timer].tick = max(tick, now &+ 1)
        count &+= 1
        append(timer)
    }

    /// Has a timer not come.
    mutating func disarm(_ timer: Int) {
        guard isArmed(timer) else { return }
        take(timer)
        count &-= 1
    }

    /// The tick at which the next timer may come, or a few that come later are sorted; nil when none is armed. Never
    /// later than the first timer's.
    var next: UInt64? {
        for level in 0..<Self.levels {
            let shift = UInt64(level &* 8)
            let place = slot(of: now, level)
            // What is due now is in the slot of this tick; on other levels the present's slot is empty.
            let from = level == 0 ? place : place &+ 1
            if let slot = firstFilled(level, from: from) {
                return (now &>> (shift &+ 8)) &<< (shift &+ 8) | UInt64(slot) &<< shift
            }
        }
        guard lists[Self.farList].first != Self.none else { return nil }
        // In front of the 2³² ticks in which the earliest comes, or one that is not armed any more.
        return max(earliestFar &>> 32, (now &>> 32) &+ 1) &<< 32
    }

    /// The next timer that is due by a tick, which is not armed any more; nil when there is none, and the tick is the
    /// present. One at a time, so that whoever gets it may use the wheel, and stop: the present stays at the tick of
    /// the last one.
    mutating func takeDue(by tick: UInt64) -> Int? {
        guard let first = firstDue(by: tick) else { return nil }
        disarm(first)
        return first
    }

    /// The timer that `takeDue` would give; its tick becomes the present.
    ///
    /// The first of many that come down a level together waits until all have: their number, and that of the timers
    /// that are too far for a slot, is the longest that a call takes.
    mutating func firstDue(by tick: UInt64) -> Int? {
        precondition(tick < .max, "time ends before the last tick")
        while let next, next <= tick {
            if next > now { begin(next) }
            let first = lists[slot(of: now, 0)].first
            if first != Self.none { return Int(first) }
        }
        now = max(now, tick)
        return nil
    }

    /// A tick becomes the present: what is in the slots that begin with it comes down.
    private mutating func begin(_ tick: UInt64) {
        let isFar = tick &>> 32 != now &>> 32
        now = tick
        if isFar {
            earliestFar = .max
            distribute(Self.farList)
        }
        for level in (1..<Self.levels).reversed() {
            let shift = UInt64(level &* 8)
            guard tick & (1 &<< shift &- 1) == 0 else { continue }
            distribute(level &* Self.slots &+ slot(of: tick, level))
        }
    }

    /// Puts the timers of a list where they belong by now, in their order.
    private mutating func distribute(_ list: Int) {
        var timer = lists[list].first
        lists[list] = List()
        if list < Self.farList { filled[list &>> 6] &= ~(1 &<< UInt64(list & 63)) }
        while timer != Self.none {
            let next = timers[Int(timer)].next
            append(Int(timer))
            timer = next
        }
    }

    private mutating func append(_ timer: Int) {
        let list = self.list(of: timers[timer].tick)
        if list == Self.farList { earliestFar = min(earliestFar, timers[timer].tick) }
        let last = lists[list].last
        timers[timer].list = UInt32(list)
        timers[timer].previous = last
        timers[timer].next = Self.none
        if last == Self.none {
            lists[list].first = UInt32(timer)
            if list < Self.farList { filled[list &>> 6] |= 1 &<< UInt64(list & 63) }
        } else {
            timers[Int(last)].next = UInt32(timer)
        }
        lists[list].last = UInt32(timer)
    }

    private mutating func take(_ timer: Int) {
        let (list, next, previous) = (
            Int(timers[timer].list), timers[timer].next, timers[timer].previous
        )
        timers[timer].list = Self.noList
        if previous == Self.none {
            lists[list].first = next
        } else {
            timers[Int(previous)].next = next
        }
        if next == Self.none {
            lists[list].last = previous
        } else {
            timers[Int(next)].previous = previous
        }
        if lists[list].first == Self.none, list < Self.farList {
            filled[list &>> 6] &= ~(1 &<< UInt64(list & 63))
        }
    }

    private func list(of tick: UInt64) -> Int {
        let difference = tick ^ now
        guard difference &>> 32 == 0 else { return Self.farList }
        let level = difference == 0 ? 0 : (63 - difference.leadingZeroBitCount) &>> 3
        return level &* Self.slots &+ slot(of: tick, level)
    }

    private func slot(of tick: UInt64, _ level: Int) -> Int {
        Int(truncatingIfNeeded: tick &>> UInt64(level &* 8)) & (Self.slots - 1)
    }

    private func firstFilled(_ level: Int, from first: Int) -> Int? {
        guard first < Self.slots else { return nil }
        let words = filled + level &* (Self.slots / 64)
        var word = first &>> 6
        var bits = words[word] & (UInt64.max &<< UInt64(first & 63))
        while bits == 0 {
            word &+= 1
            guard word < Self.slots / 64 else { return nil }
            bits = words[word]
        }
        return word &* 64 &+ bits.trailingZeroBitCount
    }
}
