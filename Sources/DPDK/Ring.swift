// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// A queue of mbufs from one thread to one other. Wraps `struct rte_ring` with a single producer and
/// a single consumer.
///
/// The handle is unowned: `free()` ends the ring.
@frozen public struct Ring: @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer

    /// Creates a ring. Wraps `rte_ring_create`.
    /// - Parameter slots: a power of two; the ring holds one fewer.
    public init(name: String, slots: Int, numaNode: Int32?) throws(DPDKError) {
        raw = try check(
            rte_ring_create(
                name, UInt32(slots), numaNode ?? cdpdk_any_socket,
                cdpdk_ring_single_producer_consumer),
            "create ring \(name) of \(slots) slots")
    }

    /// Frames that wait. Either thread; the answer may be old at once.
    @inlinable public var count: Int { Int(cdpdk_ring_count(raw)) }

    public var capacity: Int { Int(cdpdk_ring_capacity(raw)) }

    /// Gives the memory back. What is still in the ring is freed first. Wraps `rte_ring_free`.
    public func free() {
        var left = Burst()
        while left.dequeue(from: self) > 0 { left.removeAll() }
        rte_ring_free(raw)
    }
}
