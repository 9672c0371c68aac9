// SPDX-License-Identifier: Apache-2.0

/// Bytes of a frame, or a part of one, that somebody else owns: a pointer and a count.
///
/// Precondition: `count` bytes are readable at `base` for as long as the value, or a header view
/// made from it, is used. Every public load is checked against `count` and gives `nil` outside it,
/// so no length field of a hostile frame leads past the end.
///
/// A pointer and not `RawSpan`: storing a span in a header view needs the experimental feature
/// `Lifetimes`.
@frozen public struct FrameBytes {
    public let base: UnsafeRawPointer
    /// Zero or more.
    public let count: Int

    /// A negative count means no bytes.
    @inlinable @inline(__always) public init(_ base: UnsafeRawPointer, count: Int) {
        self.base = base
        self.count = max(0, count)
    }

    @inlinable @inline(__always) public init(_ buffer: UnsafeRawBufferPointer) {
        // An empty buffer may have no address. Any will do, as nothing is ever loaded from it.
        base = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        count = buffer.count
    }

    /// The bytes without the first `length`, which is clamped to 0 through `count`.
    @inlinable @inline(__always) public func dropFirst(_ length: Int) -> FrameBytes {
        let skipped = min(max(0, length), count)
        return FrameBytes(base + skipped, count: count &- skipped)
    }

    /// The first `length` bytes; `length` is clamped to 0 through `count`.
    @inlinable @inline(__always) public func prefix(_ length: Int) -> FrameBytes {
        FrameBytes(base, count: min(max(0, length), count))
    }

    /// The byte at `offset`, or `nil` outside the bytes.
    @inlinable @inline(__always) public func uint8(at offset: Int) -> UInt8? {
        contains(offset, 1) ? field8(offset) : nil
    }

    /// The big-endian 16-bit field at `offset` in host order, or `nil` outside the bytes.
    @inlinable @inline(__always) public func uint16(at offset: Int) -> UInt16? {
        contains(offset, 2) ? field16(offset) : nil
    }

    /// The big-endian 32-bit field at `offset` in host order, or `nil` outside the bytes.
    @inlinable @inline(__always) public func uint32(at offset: Int) -> UInt32? {
        contains(offset, 4) ? field32(offset) : nil
    }

    /// The big-endian 64-bit field at `offset` in host order, or `nil` outside the bytes.
    @inlinable @inline(__always) public func uint64(at offset: Int) -> UInt64? {
        contains(offset, 8) ? field64(offset) : nil
    }

    @inlinable @inline(__always) func contains(_ offset: Int, _ width: Int) -> Bool {
        // `count` is not negative and `width` is small, so the difference cannot overflow.
        offset >= 0 && offset <= count &- width
    }
}

/// Loads for header views, whose failable initialiser has made the one length check.
extension FrameBytes {
    @inlinable @inline(__always) func field8(_ offset: Int) -> UInt8 {
        assert(contains(offset, 1), "load outside the frame")
        return base.load(fromByteOffset: offset, as: UInt8.self)
    }

    @inlinable @inline(__always) func field16(_ offset: Int) -> UInt16 {
        assert(contains(offset, 2), "load outside the frame")
        return UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inlinable @inline(__always) func field32(_ offset: Int) -> UInt32 {
        assert(contains(offset, 4), "load outside the frame")
        return UInt32(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable @inline(__always) func field64(_ offset: Int) -> UInt64 {
        assert(contains(offset, 8), "load outside the frame")
        return UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A MAC address that has at least two more bytes of the header behind it: one load, no loop.
    @inlinable @inline(__always) func macAddress(_ offset: Int) -> MACAddress {
        MACAddress(rawValue: field64(offset) >> 16)
    }

    @inlinable @inline(__always) func ipv4Address(_ offset: Int) -> IPv4Address {
        IPv4Address(rawValue: field32(offset))
    }

    @inlinable @inline(__always) func ipv6Address(_ offset: Int) -> IPv6Address {
        IPv6Address(high: field64(offset), low: field64(offset &+ 8))
    }
}
