// SPDX-License-Identifier: Apache-2.0

import CDPDK

/// Frames that are kept for later, each under a number. What is left in it when it ends is freed, so a frame cannot leak.
/// One thread; nothing is allocated after `init`.
public struct FrameStore: ~Copyable {
    private let slots: UnsafeMutablePointer<OpaquePointer?>
    private let free: UnsafeMutablePointer<UInt16>
    private var freeCount: Int
    private let capacity: Int

    public init(capacity: Int) {
        precondition(capacity <= Int(UInt16.max), "a number has 16 bits")
        self.capacity = capacity
        slots = .allocate(capacity: max(1, capacity))
        slots.initialize(repeating: nil, count: max(1, capacity))
        free = .allocate(capacity: max(1, capacity))
        for index in 0..<capacity { (free + index).initialize(to: UInt16(capacity - 1 - index)) }
        freeCount = capacity
    }

    deinit {
        for index in 0..<capacity { if let mbuf = slots[index] { rte_pktmbuf_free(mbuf) } }
        slots.deallocate()
        free.deallocate()
    }

    /// How many frames it has.
    public var count: Int { capacity &- freeCount }

    /// Keeps the last frame of a burst.
    /// - Returns: its number; nil where there is no room.
    public mutating func put(lastOf burst: inout Burst) -> UInt16? {
        guard freeCount > 0, burst.filled > 0 else { return nil }
        freeCount &-= 1
        let number = free[freeCount]
        burst.filled &-= 1
        slots[Int(number)] = burst.slots[burst.filled]
        return number
    }

    /// Moves a frame to the end of a burst, which must have room.
    public mutating func take(_ number: UInt16, into burst: inout Burst) {
        precondition(burst.room > 0, "no room")
        guard let mbuf = slots[Int(number)] else { return }
        slots[Int(number)] = nil
        free[freeCount] = number
        freeCount &+= 1
        burst.slots[burst.filled] = mbuf
        burst.filled &+= 1
    }
}
