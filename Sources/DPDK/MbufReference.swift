// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// A packet buffer that somebody else owns: valid while its `Burst` holds it. Wraps
/// `struct rte_mbuf`.
///
/// It can be read and changed, not freed or sent; only bursts do that.
@frozen public struct MbufReference: @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer

    @inlinable @inline(__always) init(_ raw: OpaquePointer) { self.raw = raw }

    /// The first byte of the frame.
    @inlinable @inline(__always)
    public var data: UnsafeMutableRawPointer { cdpdk_mbuf_data(raw).unsafelyUnwrapped }

    /// Bytes of the frame in the first segment: what may be read from `data` on.
    @inlinable @inline(__always) public var dataLength: Int { Int(cdpdk_mbuf_data_length(raw)) }

    /// Bytes of the whole frame, over all segments.
    @inlinable @inline(__always) public var frameLength: Int { Int(cdpdk_mbuf_frame_length(raw)) }

    @inlinable public var segmentCount: Int { Int(cdpdk_mbuf_segment_count(raw)) }

    /// What follows in another buffer; nil behind the last segment.
    @inlinable @inline(__always)
    public var nextSegment: MbufReference? { cdpdk_mbuf_next(raw).map(MbufReference.init) }

    /// The index of the port that received the frame, as far as the driver notes it: net_ring does
    /// not.
    @inlinable @inline(__always) public var port: UInt16 {
        get { cdpdk_mbuf_port(raw) }
        nonmutating set { cdpdk_mbuf_set_port(raw, newValue) }
    }

    /// The 64 bytes of metadata behind the mbuf.
    @inlinable @inline(__always) public var privateArea: UnsafeMutableRawPointer {
        cdpdk_mbuf_private_area(raw).unsafelyUnwrapped
    }

    /// Bytes that are free in front of the frame.
    @inlinable @inline(__always) public var headroom: Int { Int(cdpdk_mbuf_headroom(raw)) }

    /// Has the frame begin later by some bytes, which the first segment must hold, or earlier where there are fewer
    /// than none: by its headroom at most.
    @inlinable @inline(__always) public func moveStart(by bytes: Int) {
        assert(bytes <= dataLength && -bytes <= headroom)
        cdpdk_mbuf_move_start(raw, Int32(truncatingIfNeeded: bytes))
    }

    /// Has so many bytes be free in front of the frame. Cold path.
    /// - Returns: false where the buffer has no room.
    public func makeHeadroom(_ bytes: Int) -> Bool {
        cdpdk_mbuf_make_headroom(raw, UInt16(clamping: bytes)) != 0
    }

    /// Cuts the end off. A length of the frame's own or more changes nothing.
    @inlinable public func shorten(to length: Int) { cdpdk_mbuf_shorten(raw, UInt32(length)) }

    /// Sets the length of a frame that lies in one segment, to one of at most its own.
    @inlinable @inline(__always) public func setLengthOfOnlySegment(_ length: Int) {
        assert(segmentCount == 1 && length <= dataLength)
        cdpdk_mbuf_set_length(raw, UInt16(truncatingIfNeeded: length))
    }

    /// Moves bytes from the segments behind into the first one, until it holds so many, or all of the frame,
    /// or is full. Cold path.
    public func gather(_ length: Int) { cdpdk_mbuf_gather(raw, UInt16(clamping: length)) }

    /// Copies bytes of the frame, across segments; gives how many there were.
    public func copyBytes(from offset: Int = 0, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        return Int(cdpdk_mbuf_copy(raw, UInt32(offset), UInt32(buffer.count), base))
    }

    /// Asks for the first line of the buffer's header, which says where the frame is.
    @inlinable @inline(__always) func prefetchHeader() { cdpdk_prefetch(UnsafeRawPointer(raw)) }

    /// Asks for the first line of the frame.
    @inlinable @inline(__always) func prefetchData() { cdpdk_prefetch(cdpdk_mbuf_data(raw)) }
}
