// SPDX-License-Identifier: Apache-2.0

/// An IPv6 header (RFC 8200, 3): 40 bytes. What follows it is `IPv6ExtensionHeaders`.
@frozen public struct IPv6Header {
    /// Why a router must discard a packet.
    @frozen public enum Defect: UInt8, Sendable {
        /// The version is not 6.
        case version
        /// The payload length is above the bytes that there are: the packet was cut.
        case truncated
    }

    @inlinable public static var byteCount: Int { 40 }

    /// The frame from this header on, padding of the link included.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 40 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var version: UInt8 { bytes.field8(0) >> 4 }

    /// DSCP and ECN together.
    @inlinable @inline(__always)
    public var trafficClass: UInt8 { UInt8(truncatingIfNeeded: bytes.field16(0) >> 4) }

    /// 20 bits (RFC 6437).
    @inlinable @inline(__always) public var flowLabel: UInt32 { bytes.field32(0) & 0xf_ffff }

    /// Extension headers and payload in bytes, as the packet claims. Jumbograms (RFC 2675), which
    /// say 0, are not known here.
    @inlinable @inline(__always) public var payloadLength: Int { Int(bytes.field16(4)) }

    /// The protocol of the upper layer or the first extension header.
    @inlinable @inline(__always)
    public var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.field8(6)) }

    @inlinable @inline(__always) public var hopLimit: UInt8 { bytes.field8(7) }

    @inlinable @inline(__always) public var source: IPv6Address { bytes.ipv6Address(8) }

    @inlinable @inline(__always) public var destination: IPv6Address { bytes.ipv6Address(24) }

    /// The first test that the packet fails. When it is `nil`, 40 + `payloadLength` is at most
    /// `bytes.count`.
    @inlinable @inline(__always) public var defect: Defect? {
        if version != 6 { return .version }
        return payloadLength > bytes.count &- Self.byteCount ? .truncated : nil
    }

    /// The bytes behind the 40, up to the payload length: the link's padding is cut off. As much
    /// as there is of a truncated packet.
    @inlinable @inline(__always) public var payload: FrameBytes {
        bytes.prefix(Self.byteCount &+ payloadLength).dropFirst(Self.byteCount)
    }

    /// Walks the extension headers.
    @inlinable @inline(__always)
    public var extensionHeaders: IPv6ExtensionHeaders { IPv6ExtensionHeaders(self) }
}
