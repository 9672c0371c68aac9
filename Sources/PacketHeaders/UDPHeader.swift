// SPDX-License-Identifier: Apache-2.0

/// A UDP header (RFC 768): 8 bytes.
@frozen public struct UDPHeader {
    @inlinable public static var byteCount: Int { 8 }

    /// The packet's payload from this header on.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 8 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var sourcePort: UInt16 { bytes.field16(0) }

    @inlinable @inline(__always) public var destinationPort: UInt16 { bytes.field16(2) }

    /// Header and payload in bytes, as the packet claims: below 8 is an error.
    @inlinable @inline(__always) public var length: Int { Int(bytes.field16(4)) }

    /// 0 means that there is none: allowed over IPv4 (RFC 768), an error over IPv6 (RFC 8200, 8.1).
    @inlinable @inline(__always) public var checksum: UInt16 { bytes.field16(6) }

    /// The bytes behind the header up to `length`; as much as there is of a cut datagram.
    @inlinable @inline(__always)
    public var payload: FrameBytes { bytes.prefix(length).dropFirst(Self.byteCount) }

    /// The checksum is right, or absent (RFC 768). `false` when `length` is below 8 or above the
    /// bytes that there are.
    @inlinable
    public func isChecksumValid(from source: IPv4Address, to destination: IPv4Address) -> Bool {
        if checksum == 0 { return hasWholeLength }
        return isValid(
            InternetChecksum(
                pseudoHeaderFrom: source, to: destination, protocol: .udp, length: length))
    }

    /// The checksum is right; over IPv6 none is an error (RFC 8200, 8.1). `false` when `length`
    /// is below 8 or above the bytes that there are.
    @inlinable
    public func isChecksumValid(from source: IPv6Address, to destination: IPv6Address) -> Bool {
        guard checksum != 0 else { return false }
        return isValid(
            InternetChecksum(
                pseudoHeaderFrom: source, to: destination, protocol: .udp, length: length))
    }

    @inlinable @inline(__always)
    var hasWholeLength: Bool { length >= Self.byteCount && length <= bytes.count }

    @inlinable @inline(__always) func isValid(_ pseudoHeader: InternetChecksum) -> Bool {
        guard hasWholeLength else { return false }
        var sum = pseudoHeader
        sum.add(bytes.prefix(length))
        return sum.isValid
    }
}
