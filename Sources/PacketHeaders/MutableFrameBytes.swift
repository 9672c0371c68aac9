// SPDX-License-Identifier: Apache-2.0

/// Bytes of a frame that the caller may write: a pointer and a count.
///
/// Precondition: as for `FrameBytes`, and nobody else reads or writes the bytes meanwhile.
@frozen public struct MutableFrameBytes {
    public let base: UnsafeMutableRawPointer
    /// Zero or more.
    public let count: Int

    /// A negative count means no bytes.
    @inlinable @inline(__always) public init(_ base: UnsafeMutableRawPointer, count: Int) {
        self.base = base
        self.count = max(0, count)
    }

    @inlinable @inline(__always) public init(_ buffer: UnsafeMutableRawBufferPointer) {
        // As in `FrameBytes`: the address of no bytes is never used.
        base = buffer.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped
        count = buffer.count
    }

    /// The same bytes for reading.
    @inlinable @inline(__always) public var readOnly: FrameBytes { FrameBytes(base, count: count) }

    /// The bytes without the first `length`, which is clamped to 0 through `count`.
    @inlinable @inline(__always) public func dropFirst(_ length: Int) -> MutableFrameBytes {
        let skipped = min(max(0, length), count)
        return MutableFrameBytes(base + skipped, count: count &- skipped)
    }

    /// The first `length` bytes; `length` is clamped to 0 through `count`.
    @inlinable @inline(__always) public func prefix(_ length: Int) -> MutableFrameBytes {
        MutableFrameBytes(base, count: min(max(0, length), count))
    }

    /// Stores an integer in big-endian order. Returns `false`, and stores nothing, when it does
    /// not fit at `offset`.
    @inlinable @inline(__always) @discardableResult
    public func store<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, at offset: Int
    ) -> Bool {
        guard readOnly.contains(offset, MemoryLayout<Value>.size) else { return false }
        setField(offset, value)
        return true
    }

    /// For header views, whose failable initialiser has made the one length check.
    @inlinable @inline(__always)
    func setField<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ value: Value) {
        assert(readOnly.contains(offset, MemoryLayout<Value>.size), "store outside the frame")
        base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }

    @inlinable @inline(__always) func setMACAddress(_ offset: Int, _ address: MACAddress) {
        setField(offset, UInt32(truncatingIfNeeded: address.rawValue >> 16))
        setField(offset &+ 4, UInt16(truncatingIfNeeded: address.rawValue))
    }
}
