// SPDX-License-Identifier: Apache-2.0

/// An IPv6 header that the caller may write.
@frozen public struct MutableIPv6Header {
    public let bytes: MutableFrameBytes

    /// Returns `nil` when there are fewer than 40 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: MutableFrameBytes) {
        guard bytes.count >= IPv6Header.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var hopLimit: UInt8 {
        get { bytes.readOnly.field8(7) }
        nonmutating set { bytes.setField(7, newValue) }
    }

    /// Takes one from the hop limit (RFC 8200, 3). A hop limit of 0 stays 0.
    @inlinable @inline(__always) public func decrementHopLimit() {
        let old = hopLimit
        if old > 0 { hopLimit = old &- 1 }
    }

    /// Setting it does not touch the upper layer's checksum, which covers the address.
    @inlinable @inline(__always) public var source: IPv6Address {
        get { bytes.readOnly.ipv6Address(8) }
        nonmutating set { setAddress(8, newValue) }
    }

    /// Setting it does not touch the upper layer's checksum, which covers the address.
    @inlinable @inline(__always) public var destination: IPv6Address {
        get { bytes.readOnly.ipv6Address(24) }
        nonmutating set { setAddress(24, newValue) }
    }

    @inlinable @inline(__always) func setAddress(_ offset: Int, _ address: IPv6Address) {
        bytes.setField(offset, address.high)
        bytes.setField(offset &+ 8, address.low)
    }
}

extension MutableIPv6Header {
    /// The header at an address where 40 bytes were validated before.
    ///
    /// Precondition: 40 bytes can be read and written there.
    @inlinable @inline(__always) public init(validated base: UnsafeMutableRawPointer) {
        bytes = MutableFrameBytes(base, count: IPv6Header.byteCount)
    }

    @inlinable @inline(__always) public var nextHeader: IPProtocol {
        IPProtocol(rawValue: bytes.readOnly.field8(6))
    }

    /// Header and payload.
    @inlinable @inline(__always) public var totalLength: Int {
        IPv6Header.byteCount &+ Int(bytes.readOnly.field16(4))
    }
}
