// SPDX-License-Identifier: Apache-2.0

/// The common header of SCTP (RFC 9260, 3.1): 12 bytes.
@frozen public struct SCTPHeader {
    @inlinable public static var byteCount: Int { 12 }

    /// The packet's payload from this header on.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 12 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var sourcePort: UInt16 { bytes.field16(0) }

    @inlinable @inline(__always) public var destinationPort: UInt16 { bytes.field16(2) }

    /// Tells packets of an association from others between the same ports.
    @inlinable @inline(__always) public var verificationTag: UInt32 { bytes.field32(4) }

    /// CRC32c over the whole packet.
    @inlinable @inline(__always) public var checksum: UInt32 { bytes.field32(8) }
}
