// SPDX-License-Identifier: Apache-2.0

/// The timers of one tick, which come in the order in which they were armed. One thread; nothing is allocated after
/// `init`.
struct DueTimers: ~Copyable {
    private struct Entry {
        let number: UInt64
        let timer: UInt32

        func isBehind(_ other: Entry) -> Bool { TimerWheel.isBehind(number, other.number) }
    }

    private let entries: UnsafeMutablePointer<Entry>
    private var place = 0
    private var count = 0
    private var isSorted = true

    /// - Parameter capacity: the most of one tick. Memory that few ticks need is not touched.
    init(capacity: Int) { entries = pages(of: Entry.self, count: max(1, capacity)) }

    deinit { entries.deallocate() }

    var isEmpty: Bool { place == count }

    /// - Parameter number: that of the timer's arming.
    @inline(__always) mutating func append(_ timer: UInt32, number: UInt64) {
        let entry = Entry(number: number, timer: timer)
        if count > 0, entries[count &- 1].isBehind(entry) { isSorted = false }
        (entries + count).initialize(to: entry)
        count &+= 1
    }

    /// The first of those that have not been removed; there must be one.
    var first: UInt32 { entries[place].timer }

    mutating func removeFirst() {
        place &+= 1
        if place == count { (place, count, isSorted) = (0, 0, true) }
    }

    /// Brings what was appended into its order. Most ticks have one timer, or have them in order.
    mutating func sort() {
        if isSorted { return }
        isSorted = true
        for root in (0..<count / 2).reversed() { sift(root, count) }
        for end in (1..<count).reversed() {
            (entries[0], entries[end]) = (entries[end], entries[0])
            sift(0, end)
        }
    }

    /// A step of heapsort, which needs no memory and takes n log n for any order.
    private func sift(_ root: Int, _ end: Int) {
        let entry = entries[root]
        var hole = root
        while true {
            var child = 2 &* hole &+ 1
            guard child < end else { break }
            if child &+ 1 < end, entries[child &+ 1].isBehind(entries[child]) { child &+= 1 }
            guard entries[child].isBehind(entry) else { break }
            entries[hole] = entries[child]
            hole = child
        }
        entries[hole] = entry
    }
}
