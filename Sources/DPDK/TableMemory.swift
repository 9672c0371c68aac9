// SPDX-License-Identifier: Apache-2.0

public import CDPDK
import Glibc

/// Memory for a table that workers read, all zero, where the fewest pages are missed: on huge pages, or in the
/// ordinary heap. Wraps `rte_memzone_reserve`.
///
/// The handle is unowned: `free()` gives the memory back.
@frozen public struct TableMemory: Hashable, @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    private let zone: UnsafePointer<rte_memzone>

    /// - Parameters:
    ///   - name: nobody else's; 31 bytes at most.
    ///   - numaNode: where it is wanted; it is elsewhere when there is no room. Nil without huge pages.
    ///   - operation: what the memory is taken for, in words.
    /// - Throws: `DPDKError` that states the operation.
    public init(
        name: String, byteCount: Int, numaNode: Int32?, for operation: @autoclosure () -> String
    ) throws(DPDKError) {
        func reserve(_ node: Int32) -> UnsafePointer<rte_memzone>? {
            rte_memzone_reserve(name, byteCount, node, 0)
        }
        zone = try check(
            numaNode.map { reserve($0) ?? reserve(cdpdk_any_socket) }
                ?? OrdinaryHeap.place(reserve), operation())
        base = cdpdk_memzone_base(zone)
        // DPDK does not say whether it is.
        memset(base, 0, byteCount)
    }

    /// Wraps `rte_memzone_free`.
    public func free() { rte_memzone_free(zone) }
}

extension UnsafeMutablePointer {
    /// Asks for the cache line of what is read soon. Wraps `rte_prefetch0`.
    @inlinable @inline(__always) public func prefetch() { cdpdk_prefetch(self) }
}
