// SPDX-License-Identifier: Apache-2.0

/// An IPv4 header, options included (RFC 791, 3.1).
///
/// The view says what stands in the packet; whether that makes sense is `defect` and
/// `isChecksumValid`. No accessor trusts a length field: what lies outside the bytes given is
/// never read.
@frozen public struct IPv4Header {
    /// Why a router must discard a packet (RFC 1812, 5.2.2), in the order of the tests.
    @frozen public enum Defect: UInt8, Sendable {
        /// The version is not 4.
        case version
        /// The header length is below 20 bytes, or above the total length.
        case headerLength
        /// The total length is above the bytes that there are: the packet was cut.
        case truncated
    }

    /// Without options.
    @inlinable public static var minimumByteCount: Int { 20 }

    /// The frame from this header on, padding of the link included.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 20 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.minimumByteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var version: UInt8 { bytes.field8(0) >> 4 }

    /// In bytes, 0 to 60, as the packet claims.
    @inlinable @inline(__always) public var headerLength: Int { Int(bytes.field8(0) & 0x0f) &* 4 }

    /// DSCP and ECN together.
    @inlinable @inline(__always) public var typeOfService: UInt8 { bytes.field8(1) }

    /// RFC 2474, 3
    @inlinable @inline(__always) public var differentiatedServices: UInt8 { typeOfService >> 2 }

    /// RFC 3168, 5
    @inlinable @inline(__always) public var congestionNotification: UInt8 { typeOfService & 3 }

    /// Header and payload in bytes, as the packet claims.
    @inlinable @inline(__always) public var totalLength: Int { Int(bytes.field16(2)) }

    @inlinable @inline(__always) public var identification: UInt16 { bytes.field16(4) }

    @inlinable @inline(__always) public var dontFragment: Bool { bytes.field8(6) & 0x40 != 0 }

    @inlinable @inline(__always) public var moreFragments: Bool { bytes.field8(6) & 0x20 != 0 }

    /// In bytes, a multiple of 8.
    @inlinable @inline(__always)
    public var fragmentOffset: Int { Int(bytes.field16(6) & 0x1fff) &* 8 }

    /// Offset above 0, or more fragments follow.
    @inlinable @inline(__always) public var isFragment: Bool { bytes.field16(6) & 0x3fff != 0 }

    /// `whole`, `first` or `later`.
    @inlinable @inline(__always) public var fragmentPosition: FragmentPosition {
        guard isFragment else { return .whole }
        return bytes.field16(6) & 0x1fff == 0 ? .first : .later
    }

    @inlinable @inline(__always) public var timeToLive: UInt8 { bytes.field8(8) }

    @inlinable @inline(__always)
    public var `protocol`: IPProtocol { IPProtocol(rawValue: bytes.field8(9)) }

    @inlinable @inline(__always) public var checksum: UInt16 { bytes.field16(10) }

    @inlinable @inline(__always) public var source: IPv4Address { bytes.ipv4Address(12) }

    @inlinable @inline(__always) public var destination: IPv4Address { bytes.ipv4Address(16) }
}
