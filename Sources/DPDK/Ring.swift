// SPDX-License-Identifier: Apache-2.0

public import CDPDK
import Glibc

/// A queue of mbufs from one thread to one other. Wraps `struct rte_ring` with a single producer and
/// a single consumer.
///
/// The handle is unowned: `free()` ends the ring.
@frozen public struct Ring: @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer

    /// Creates a ring. Wraps `rte_ring_create`.
    /// - Parameter slots: a power of two from 2 on; the ring holds one fewer.
    public init(name: String, slots: Int, numaNode: Int32?) throws(DPDKError) {
        // DPDK takes 0 for a power of two, and makes a ring that claims 4,294,967,295 places.
        guard slots > 1, let slots = UInt32(exactly: slots) else {
            throw DPDKError(
                code: EINVAL, operation: "create ring \(name) of \(slots) slots", logLine: nil)
        }
        raw = try check(
            rte_ring_create(
                name, slots, numaNode ?? cdpdk_any_socket,
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
