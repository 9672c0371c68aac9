// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// Up to 64 mbufs with exactly one owner. What is left in it when it ends is freed, so a frame
/// cannot leak. One thread.
@frozen public struct Burst: ~Copyable {
    /// The most mbufs that a burst holds: the fastest size measured (16 to 256 were tried).
    @inlinable public static var capacity: Int { 64 }

    @usableFromInline let slots: UnsafeMutablePointer<OpaquePointer?>
    @usableFromInline var filled: Int

    public init() {
        slots = UnsafeMutableRawPointer.allocate(
            byteCount: Self.capacity * MemoryLayout<OpaquePointer?>.stride, alignment: 128
        ).bindMemory(to: OpaquePointer?.self, capacity: Self.capacity)
        slots.initialize(repeating: nil, count: Self.capacity)
        filled = 0
    }

    deinit {
        free(from: 0)
        slots.deallocate()
    }

    @inlinable @inline(__always) public var count: Int { filled }

    @inlinable @inline(__always) public var isEmpty: Bool { filled == 0 }

    /// Mbufs that still fit.
    @inlinable @inline(__always) public var room: Int { Self.capacity &- filled }

    /// The mbuf at a position below `count`.
    @inlinable @inline(__always) public subscript(index: Int) -> MbufReference {
        assert(index >= 0 && index < filled)
        return MbufReference(slots[index].unsafelyUnwrapped)
    }

    /// The bytes of all frames.
    @inlinable @inline(__always) public var byteCount: Int { byteCount(from: 0) }

    @inlinable @inline(__always) public func byteCount(from first: Int) -> Int {
        // 64 frames of 65,535 bytes fit a word of 32 bits, which is added straight from memory. Four
        // sums, since an addition waits for the one before it: this is done for every burst.
        var sums: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var index = first
        while index &+ 8 <= filled {
            let some = slots + index
            sums.0 &+= length(some, 0) &+ length(some, 4)
            sums.1 &+= length(some, 1) &+ length(some, 5)
            sums.2 &+= length(some, 2) &+ length(some, 6)
            sums.3 &+= length(some, 3) &+ length(some, 7)
            index &+= 8
        }
        while index < filled {
            sums.0 &+= length(slots, index)
            index &+= 1
        }
        return Int(sums.0 &+ sums.1 &+ sums.2 &+ sums.3)
    }

    @inlinable @inline(__always)
    func length(_ slots: UnsafeMutablePointer<OpaquePointer?>, _ index: Int) -> UInt32 {
        cdpdk_mbuf_frame_length(slots[index].unsafelyUnwrapped)
    }

    /// Takes up to `limit` frames from a receive queue, behind those already held; gives how many.
    /// Wraps `rte_eth_rx_burst`.
    @inlinable @inline(__always)
    public mutating func receive(port: UInt16, queue: UInt16, limit: Int = Burst.capacity) -> Int {
        let most = min(limit, room)
        let received = Int(
            cdpdk_port_receive(port, queue, slots + filled, UInt16(truncatingIfNeeded: most)))
        filled &+= received
        return received
    }

    /// Hands frames to a transmit queue, oldest first; gives how many the driver accepted. The others
    /// stay, in order. Wraps `rte_eth_tx_burst`.
    @inlinable @inline(__always) public mutating func transmit(port: UInt16, queue: UInt16) -> Int {
        let sent = Int(
            cdpdk_port_transmit(port, queue, slots, UInt16(truncatingIfNeeded: filled)))
        removeFirst(sent)
        return sent
    }

    /// Hands frames to a transmit queue, past those in front, which stay; gives how many the driver accepted.
    /// Cold path. Wraps `rte_eth_tx_burst`.
    public mutating func transmit(port: UInt16, queue: UInt16, past front: Int) -> Int {
        precondition(front >= 0 && front <= filled, "there are no more frames than the burst has")
        let rest = slots + front
        let left = filled - front
        let sent = Int(cdpdk_port_transmit(port, queue, rest, UInt16(truncatingIfNeeded: left)))
        rest.update(from: rest + sent, count: left - sent)
        filled -= sent
        return sent
    }

    /// Puts frames on a ring, oldest first; gives how many fitted. The others stay, in order.
    @inlinable @inline(__always) public mutating func enqueue(on ring: Ring) -> Int {
        let moved = Int(
            cdpdk_ring_enqueue_burst(ring.raw, slots, UInt32(truncatingIfNeeded: filled)))
        removeFirst(moved)
        return moved
    }

    /// Takes as many frames from a ring as are there and fit; gives how many.
    @inlinable @inline(__always) public mutating func dequeue(from ring: Ring) -> Int {
        let taken = Int(
            cdpdk_ring_dequeue_burst(ring.raw, slots + filled, UInt32(truncatingIfNeeded: room)))
        filled &+= taken
        return taken
    }

    /// Asks for the first lines of all frames and their headers: those of a ring are in the cache of another core.
    @inlinable @inline(__always) public func prefetch() {
        for index in 0..<filled { self[index].prefetchHeader() }
        for index in 0..<filled { self[index].prefetchData() }
    }

    /// Takes one frame from a ring; gives whether there was one. Cold path.
    public mutating func dequeueOne(from ring: Ring) -> Bool {
        precondition(room > 0, "no room")
        guard cdpdk_ring_dequeue_burst(ring.raw, slots + filled, 1) == 1 else { return false }
        filled &+= 1
        return true
    }

    /// Moves the frames at some positions, in order, to the end of another burst, which must have room
    /// for them. The others close up.
    public mutating func move(_ positions: BurstPositions, to others: inout Burst) {
        var kept = 0
        for index in 0..<filled {
            if positions.contains(index) {
                precondition(others.room > 0, "the other burst has no room")
                others.slots[others.filled] = slots[index]
                others.filled &+= 1
            } else {
                slots[kept] = slots[index]
                kept &+= 1
            }
        }
        filled = kept
    }

    /// Moves the frames that belong to another burst, in order, to that one, which must be empty. The others close up. Takes
    /// the same steps for each frame, so that frames in no order cost no more than others.
    @inlinable @inline(__always) public mutating func separate(
        into others: inout Burst, where belongs: (MbufReference) -> Bool
    ) {
        precondition(others.filled == 0, "the other burst has frames")
        var (kept, moved) = (0, 0)
        for index in 0..<filled {
            let mbuf = slots[index].unsafelyUnwrapped
            let isOther = belongs(MbufReference(mbuf)) ? 1 : 0
            others.slots[moved] = mbuf
            slots[kept] = mbuf
            moved &+= isOther
            kept &+= 1 &- isOther
        }
        others.filled = moved
        filled = kept
    }

    /// Moves all frames, in order, each to the burst that the destination names for it and its
    /// position. That burst must have room when it is named.
    @inlinable @inline(__always) public mutating func distribute(
        to destination: (MbufReference, Int) -> UnsafeMutablePointer<Burst>
    ) {
        for index in 0..<filled {
            let mbuf = slots[index].unsafelyUnwrapped
            let burst = destination(MbufReference(mbuf), index)
            precondition(burst.pointee.room > 0, "the destination has no room")
            burst.pointee.slots[burst.pointee.filled] = mbuf
            burst.pointee.filled &+= 1
        }
        filled = 0
    }

    /// Moves all frames of another burst behind those of this one, which must have room.
    @inlinable @inline(__always) public mutating func append(contentsOf other: inout Burst) {
        precondition(room >= other.filled, "no room")
        (slots + filled).update(from: other.slots, count: other.filled)
        filled &+= other.filled
        other.filled = 0
    }

    /// Adds a frame made of bytes, in a buffer of the pool. Cold path.
    /// - Returns: false when the pool is empty, the frame does not fit or the burst is full.
    public mutating func append(frame bytes: UnsafeRawBufferPointer, from pool: Mempool) -> Bool {
        guard room > 0, let length = UInt16(exactly: bytes.count), let base = bytes.baseAddress,
            let mbuf = cdpdk_mbuf_make(pool.raw, base, length)
        else { return false }
        slots[filled] = mbuf
        filled &+= 1
        return true
    }

    /// Adds a copy of a part of a frame, in buffers of its pool, behind bytes that the caller is to write. Cold path.
    /// Wraps `rte_pktmbuf_copy`.
    /// - Parameter front: how many these are.
    /// - Returns: nil when the pool is empty or the burst is full.
    public mutating func append(
        partOf mbuf: MbufReference, from offset: Int, count: Int, behind front: Int
    ) -> MbufReference? {
        guard room > 0,
            let part = cdpdk_mbuf_copy_part(
                mbuf.raw, UInt32(offset), UInt32(count), UInt16(front))
        else { return nil }
        slots[filled] = part
        filled &+= 1
        return MbufReference(part)
    }

    /// Has all frames be one, of their bytes one behind the other. Cold path. Wraps `rte_pktmbuf_chain`.
    public mutating func joinAll() {
        guard filled > 1, let head = slots[0] else { return }
        for index in 1..<filled {
            guard let tail = slots[index] else { continue }
            // Segments are counted in 16 bits, and bursts have 64 frames.
            precondition(rte_pktmbuf_chain(head, tail) == 0, "too many segments")
        }
        filled = 1
    }

    /// Frees all frames. Wraps `rte_pktmbuf_free_bulk`.
    @inlinable @inline(__always) public mutating func removeAll() {
        free(from: 0)
        filled = 0
    }

    /// Frees the frames in front, so many; the others stay, in order. Cold path.
    public mutating func removeAndFreeFirst(_ front: Int) {
        precondition(front >= 0 && front <= filled, "there are no more frames than the burst has")
        guard front > 0 else { return }
        rte_pktmbuf_free_bulk(slots, UInt32(front))
        removeFirst(front)
    }

    @usableFromInline func free(from first: Int) {
        guard filled > first else { return }
        rte_pktmbuf_free_bulk(slots + first, UInt32(filled - first))
    }

    @inlinable @inline(__always) mutating func removeFirst(_ gone: Int) {
        if gone == filled {
            filled = 0
        } else if gone > 0 {
            let left = filled &- gone
            (slots).update(from: slots + gone, count: left)
            filled = left
        }
    }
}
