// SPDX-License-Identifier: Apache-2.0

import CDPDK

/// A pool of packet buffers on one NUMA node. Wraps `struct rte_mempool`.
///
/// Lives as long as the process or until `free()`; the handle itself is unowned.
public struct Mempool: @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer

    /// How objects lie in memory.
    public enum Packing: Sendable {
        /// Each object in one page, contiguous for a device: what a NIC needs.
        case contiguous
        /// Objects may cross ordinary pages. Without this every buffer starts at the same offset of
        /// its own 4 KB page and all headers fall into one set of the first-level cache. Right where
        /// no device does DMA.
        case packed
    }

    /// Bytes of the private area behind each mbuf: one cache line of metadata.
    public static let privateAreaByteCount = 64
    /// Bytes in front of a received frame. `RTE_PKTMBUF_HEADROOM`.
    public static let headroom = 128

    /// Creates a pool. Wraps `rte_mempool_create_empty`, `rte_pktmbuf_pool_init` and
    /// `rte_mempool_populate_default`, since `rte_pktmbuf_pool_create` takes no flags.
    /// - Parameters:
    ///   - mbufs: how many buffers.
    ///   - dataRoom: bytes of each for headroom and frame together.
    ///   - cache: buffers that each lcore may keep for itself; at most 512.
    /// - Throws: `DPDKError` that states the memory that was asked for.
    public init(
        name: String, mbufs: Int, dataRoom: Int, cache: Int, numaNode: Int32?, packing: Packing
    ) throws(DPDKError) {
        let byteCount = 128 + Self.privateAreaByteCount + dataRoom
        let operation =
            "create packet pool \(name) of \(mbufs) buffers (\(mbufs * byteCount / 1_048_576) MB)"
        let flags = packing == .packed ? cdpdk_mempool_no_iova_contiguous : 0
        let anyNode = packing == .packed ? OrdinaryHeap.socket : cdpdk_any_socket
        let pool = try check(
            rte_mempool_create_empty(
                name, UInt32(mbufs), UInt32(byteCount), UInt32(cache), 64,
                numaNode ?? anyNode, flags),
            operation)
        do {
            try check(
                rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), nil), operation)
            cdpdk_mempool_init_packet_pool(
                pool, UInt16(dataRoom), UInt16(Self.privateAreaByteCount))
            try check(rte_mempool_populate_default(pool), operation)
        } catch {
            rte_mempool_free(pool)
            throw error
        }
        cdpdk_mempool_init_mbufs(pool)
        raw = pool
    }

    /// Buffers that are free, those in the lcores' caches included. Wraps
    /// `rte_mempool_avail_count`, which visits every lcore's cache: not for each packet.
    public var availableCount: Int { Int(rte_mempool_avail_count(raw)) }

    /// Buffers that are in use. Wraps `rte_mempool_in_use_count`.
    public var inUseCount: Int { Int(rte_mempool_in_use_count(raw)) }

    /// Gives the memory back. No buffer may be in use. Wraps `rte_mempool_free`.
    public func free() { rte_mempool_free(raw) }
}
