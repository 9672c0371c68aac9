// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Lists of timers by number, one for each slot of a wheel, in chunks of two cache lines: whoever walks through a list
/// reads memory in sequence, and adding to one writes to its last chunk alone. One thread; nothing is allocated after
/// `init`.
struct TimerSlots: ~Copyable {
    /// Where a timer lies: its word among all chunks, below 2²⁴ - 1.
    typealias Place = UInt32

    /// So many timers that each place has 24 bits.
    static let mostTimers = 14_000_000

    private struct Slot {
        var first = none
        var last = none
        /// How many timers the last chunk has.
        var count: UInt32 = 0
    }

    fileprivate static let none = UInt32.max
    private static let wordsOfChunk = 32
    /// The words of a chunk in front of its timers: the chunk before, the one behind, and the slot.
    private static let before = 0
    private static let behind = 1
    private static let slot = 2
    private static let header = 3
    private static let capacity = wordsOfChunk - header
    private let slots: UnsafeMutablePointer<Slot>
    private let words: UnsafeMutablePointer<UInt32>
    /// The first of the chunks that are in no list; the one behind says each.
    private var free: UInt32 = 0
    /// A bit for each slot that has timers, and one for each of these words that is not zero.
    private let filled: UnsafeMutablePointer<UInt64>
    private let filledWords: UnsafeMutablePointer<UInt64>

    /// - Parameters:
    ///   - slots: a multiple of 4,096.
    ///   - timers: the most that are in lists at a time.
    init(slots count: Int, timers: Int) {
        precondition(count % 4_096 == 0, "a word of bits for 64 words of bits")
        slots = .allocate(capacity: count)
        slots.initialize(repeating: Slot(), count: count)
        filled = .allocate(capacity: count / 64)
        filled.initialize(repeating: 0, count: count / 64)
        filledWords = .allocate(capacity: count / 4_096)
        filledWords.initialize(repeating: 0, count: count / 4_096)
        // Each list may have one chunk that is not full, and a list that is walked through gives each back late.
        let chunks = timers / Self.capacity + min(timers, count) + 2
        precondition(chunks * Self.wordsOfChunk < 1 << 24 - 1, "a place has 24 bits")
        words = pages(of: UInt32.self, count: chunks * Self.wordsOfChunk)
        for chunk in 0..<chunks {
            words[chunk * Self.wordsOfChunk + Self.behind] =
                chunk + 1 < chunks ? UInt32(chunk + 1) : Self.none
        }
    }

    deinit {
        slots.deallocate()
        words.deallocate()
        filled.deallocate()
        filledWords.deallocate()
    }

    func isEmpty(_ slot: Int) -> Bool { slots[slot].first == Self.none }

    /// Puts a timer behind the others of a slot.
    @inline(__always) mutating func append(_ timer: UInt32, to slot: Int) -> Place {
        let count = slots[slot].count
        if slots[slot].last == Self.none || count == UInt32(Self.capacity) {
            return appendToNewChunk(timer, slot)
        }
        let place = slots[slot].last &* UInt32(Self.wordsOfChunk) &+ UInt32(Self.header) &+ count
        words[Int(place)] = timer
        slots[slot].count = count &+ 1
        return place
    }

    @inline(never) private mutating func appendToNewChunk(_ timer: UInt32, _ slot: Int) -> Place {
        let chunk = free
        precondition(chunk != Self.none, "as many chunks as the timers may need")
        let base = Int(chunk) &* Self.wordsOfChunk
        free = words[base &+ Self.behind]
        let last = slots[slot].last
        words[base &+ Self.before] = last
        words[base &+ Self.behind] = Self.none
        words[base &+ Self.slot] = UInt32(slot)
        if last == Self.none {
            slots[slot].first = chunk
            filled[slot &>> 6] |= 1 &<< UInt64(slot & 63)
            filledWords[slot &>> 12] |= 1 &<< UInt64(slot &>> 6 & 63)
        } else {
            words[Int(last) &* Self.wordsOfChunk &+ Self.behind] = chunk
        }
        slots[slot].last = chunk
        slots[slot].count = 1
        words[base &+ Self.header] = timer
        return Place(base &+ Self.header)
    }

    /// The slot in whose list a place is.
    func slot(of place: Place) -> Int {
        Int(words[Int(place) & ~(Self.wordsOfChunk - 1) | Self.slot])
    }

    /// Takes out what is at a place; the last timer of its slot moves there.
    /// - Returns: the timer that is at the place by now; nil when the last itself was taken.
    mutating func remove(at place: Place) -> UInt32? {
        let slot = slot(of: place)
        let chunk = slots[slot].last
        let base = Int(chunk) &* Self.wordsOfChunk
        let last = base &+ Self.header &+ Int(slots[slot].count) &- 1
        let moved = words[last]
        words[Int(place)] = moved
        slots[slot].count &-= 1
        if slots[slot].count == 0 {
            let before = words[base &+ Self.before]
            slots[slot].last = before
            if before == Self.none {
                empty(slot)
            } else {
                words[Int(before) &* Self.wordsOfChunk &+ Self.behind] = Self.none
                slots[slot].count = UInt32(Self.capacity)
            }
            giveBack(chunk)
        }
        return Int(place) == last ? nil : moved
    }

    /// A slot's timers on their way out of it: chunk by chunk, in the order of the list.
    struct Walk {
        fileprivate var next: UInt32
        fileprivate let last: UInt32
        fileprivate let lastCount: Int
        /// What was given, and is given back with the next step.
        fileprivate var given = none
    }

    /// Empties a slot; `nextChunk` gives what was in it.
    mutating func takeAll(of slot: Int) -> Walk {
        let walk = Walk(
            next: slots[slot].first, last: slots[slot].last, lastCount: Int(slots[slot].count))
        if walk.next != Self.none { empty(slot) }
        return walk
    }

    /// The next timers of a walk, valid until the next call; nil at the end, to which a walk must go. Meanwhile timers
    /// may be appended, to the slot too.
    mutating func nextChunk(of walk: inout Walk) -> UnsafeBufferPointer<UInt32>? {
        if walk.given != Self.none { giveBack(walk.given) }
        let chunk = walk.next
        walk.given = chunk
        guard chunk != Self.none else { return nil }
        walk.next = behind(chunk, in: walk)
        // The one behind was asked for a step ago.
        if walk.next != Self.none { prefetch(behind(walk.next, in: walk)) }
        return timers(of: chunk, in: walk)
    }

    /// What the next step of a walk will give.
    @inline(__always) func upcoming(in walk: Walk) -> UnsafeBufferPointer<UInt32> {
        walk.next == Self.none
            ? UnsafeBufferPointer(start: nil, count: 0) : timers(of: walk.next, in: walk)
    }

    /// The first timers of a slot.
    func firstTimers(of slot: Int) -> UnsafeBufferPointer<UInt32> {
        upcoming(
            in: Walk(
                next: slots[slot].first, last: slots[slot].last, lastCount: Int(slots[slot].count)))
    }

    /// Asks for the memory that `firstTimers` reads.
    func prefetchTimers(of slot: Int) { prefetch(slots[slot].first) }

    private func behind(_ chunk: UInt32, in walk: Walk) -> UInt32 {
        chunk == walk.last ? Self.none : words[Int(chunk) &* Self.wordsOfChunk &+ Self.behind]
    }

    private func timers(of chunk: UInt32, in walk: Walk) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(
            start: words + (Int(chunk) &* Self.wordsOfChunk &+ Self.header),
            count: chunk == walk.last ? walk.lastCount : Self.capacity)
    }

    private func prefetch(_ chunk: UInt32) {
        guard chunk != Self.none else { return }
        let base = words + Int(chunk) &* Self.wordsOfChunk
        base.prefetch()
        (base + Self.wordsOfChunk / 2).prefetch()
    }

    /// The first slot of a range that has timers. The range lies within 4,096 slots that begin at a multiple of so
    /// many.
    func firstFilled(in range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        let word = range.lowerBound &>> 6
        let bits = filled[word] & (UInt64.max &<< UInt64(range.lowerBound & 63))
        if bits != 0 { return within(range, word &<< 6 &+ bits.trailingZeroBitCount) }
        // Shifted by two steps, since the last word has none behind it.
        let words = filledWords[word &>> 6] & ((UInt64.max &<< UInt64(word & 63)) &<< 1)
        guard words != 0 else { return nil }
        let next = word & ~63 | words.trailingZeroBitCount
        return within(range, next &<< 6 &+ filled[next].trailingZeroBitCount)
    }

    private func within(_ range: Range<Int>, _ slot: Int) -> Int? {
        slot < range.upperBound ? slot : nil
    }

    private mutating func empty(_ slot: Int) {
        slots[slot] = Slot()
        let word = slot &>> 6
        filled[word] &= ~(1 &<< UInt64(slot & 63))
        if filled[word] == 0 { filledWords[word &>> 6] &= ~(1 &<< UInt64(word & 63)) }
    }

    private mutating func giveBack(_ chunk: UInt32) {
        words[Int(chunk) &* Self.wordsOfChunk &+ Self.behind] = free
        free = chunk
    }
}
