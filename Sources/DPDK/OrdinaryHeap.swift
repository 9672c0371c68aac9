// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc
import Synchronization

/// Ordinary memory for what the data plane reads most, packed pools and forwarding tables, as a heap of
/// DPDK's: the kernel is asked to put it on pages of 2 MB of its own accord (transparent huge pages), which
/// it does not do for the memory that `rte_eal_init` takes with `--no-huge`, a shared file. Where it does
/// not, these are pages of 4 KB.
///
/// DPDK clears such a heap when it gets it, so all of it is used from then on. No device can reach it by DMA.
enum OrdinaryHeap {
    private static let name = "freeway"
    private static let pageByteCount = 2 << 20
    private static let socketOrNil = Mutex<Int32?>(nil)

    /// The number of the heap where DPDK asks for that of a NUMA node; any node when there is none.
    static var socket: Int32 { socketOrNil.withLock { $0 } ?? cdpdk_any_socket }

    /// Makes something in the heap or, where there is none or it is full, in the memory of any node.
    static func place<Pointer>(_ make: (Int32) -> Pointer?) -> Pointer? {
        let socket = socket
        if socket != cdpdk_any_socket, let made = make(socket) { return made }
        return make(cdpdk_any_socket)
    }

    /// Makes the heap, once in a process; it stays until the process ends. Wraps
    /// `rte_malloc_heap_create` and `rte_malloc_heap_memory_add`.
    /// - Throws: `DPDKError` that states the memory that was asked for.
    static func make(megabytes: Int) throws(DPDKError) {
        let operation = "take \(megabytes) MB of ordinary memory"
        let pages = ((megabytes << 20) + pageByteCount - 1) / pageByteCount
        let memory = try map(byteCount: pages * pageByteCount, operation)
        try checkErrno(rte_malloc_heap_create(name), operation)
        try checkErrno(
            rte_malloc_heap_memory_add(
                name, memory, pages * pageByteCount, nil, UInt32(pages), pageByteCount),
            operation)
        let socket = rte_malloc_heap_get_socket(name)
        try checkErrno(socket, operation)
        socketOrNil.withLock { $0 = socket }
    }

    /// Memory that begins with a whole page of 2 MB.
    private static func map(
        byteCount: Int, _ operation: String
    ) throws(DPDKError) -> UnsafeMutableRawPointer {
        let mapped = mmap(
            nil, byteCount + pageByteCount, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw DPDKError(code: errno, operation: operation, logLine: nil)
        }
        let memory = mapped.alignedUp(toMultipleOf: pageByteCount)
        // Refused where the kernel knows no such pages: then these stay small.
        madvise(memory, byteCount, MADV_HUGEPAGE)
        madvise(mapped, byteCount + pageByteCount, MADV_DONTDUMP)
        return memory
    }

    /// These functions say -1, and why in `rte_errno`.
    private static func checkErrno(_ status: Int32, _ operation: String) throws(DPDKError) {
        guard status < 0 else { return }
        throw DPDKError(code: cdpdk_errno(), operation: operation)
    }
}
