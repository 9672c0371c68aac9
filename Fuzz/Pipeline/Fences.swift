// SPDX-License-Identifier: Apache-2.0

import CDPDK

@testable import DPDK

@_silgen_name("__asan_poison_memory_region")
private func poison(_ start: UnsafeRawPointer, _ count: Int)

@_silgen_name("__asan_unpoison_memory_region")
private func unpoison(_ start: UnsafeRawPointer, _ count: Int)

/// The bytes of buffers in front of and behind their frames, which AddressSanitizer lets nobody touch:
/// DPDK's memory is one block to it otherwise.
struct Fences {
    private let dataBytes: Int
    private var fenced: [(start: UnsafeMutableRawPointer, count: Int)] = []

    private let isOpen: Bool

    /// - Parameter isOpen: whether there are none: parts of packets that are cut get the buffers of frames that were dropped
    ///   just before, and what comes in parts is gathered in the buffer of the first.
    init(dataBytes: Int, isOpen: Bool) {
        self.dataBytes = dataBytes
        self.isOpen = isOpen
    }

    /// - Parameters:
    ///   - room: bytes from the segment's first one on that stay open, although some are not its own yet: what
    ///     headers are gathered in.
    ///   - front: bytes in front of it that stay open: for tags, or for the header of a message about the packet.
    mutating func put(around segment: OpaquePointer, room: Int = 0, front: Int = 0) {
        guard !isOpen, let data = cdpdk_mbuf_data(segment) else { return }
        let count = max(room, Int(cdpdk_mbuf_data_length(segment)))
        fence(data - Mempool.headroom, Mempool.headroom - front)
        fence(data + count, dataBytes - count)
    }

    private mutating func fence(_ start: UnsafeMutableRawPointer, _ count: Int) {
        poison(start, count)
        fenced.append((start, count))
    }

    /// Takes them all away again, before the buffers get other frames.
    mutating func remove() {
        for (start, count) in fenced { unpoison(start, count) }
        fenced = []
    }
}

extension Burst {
    /// Adds a frame in as many segments as it wants, with fences around each.
    mutating func add(_ frame: FrameScript.Frame, _ pool: Mempool, _ fences: inout Fences) {
        let whole = Int(rte_pktmbuf_data_room_size(pool.raw)) - Mempool.headroom
        var rest = frame.bytes[...]
        var first: OpaquePointer?
        while !rest.isEmpty {
            let count = min(first == nil ? frame.firstSegment : whole, whole, rest.count)
            let segment = Array(rest.prefix(count)).withUnsafeBytes {
                cdpdk_mbuf_make(pool.raw, $0.baseAddress, UInt16(count))
            }
            guard let segment else { fatalError("no buffer is left") }
            rest = rest.dropFirst(count)
            // An answer to a probe is eight bytes longer than it (RFC 4862, 5.4.2).
            let room = rest.isEmpty ? (frame.isIPv6 ? count + 8 : 0) : 640
            fences.put(
                around: segment, room: first == nil ? room : 0,
                front: first == nil ? (frame.isIPv6 ? 48 : 28) : 0)
            if let first {
                precondition(rte_pktmbuf_chain(first, segment) == 0, "a frame has few segments")
            } else {
                first = segment
            }
        }
        slots[filled] = first
        filled += 1
    }
}

extension FrameScript.Frame {
    /// Whether it may have a packet of IPv6, behind whatever tags.
    var isIPv6: Bool {
        stride(from: 12, through: 24, by: 4).contains { type in
            bytes.count > type + 1 && bytes[type] == 0x86 && bytes[type + 1] == 0xdd
        }
    }

    /// Whether it may be a part of a datagram, behind whatever tags and headers.
    var mayBePart: Bool {
        if isIPv6, bytes.dropFirst(14).contains(44) { return true }
        return stride(from: 12, through: 24, by: 4).contains { type in
            bytes.count > type + 9 && bytes[type] == 8 && bytes[type + 1] == 0
                && (bytes[type + 8] & 0x3f != 0 || bytes[type + 9] != 0)
        }
    }
}
