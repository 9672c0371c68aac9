// SPDX-License-Identifier: Apache-2.0

/// A TCP header, options included (RFC 9293, 3.1).
@frozen public struct TCPHeader {
    /// The control bits, the lowest eight (RFC 9293, 3.1; RFC 3168, 6.1).
    @frozen public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

        @inlinable public static var finish: Flags { Flags(rawValue: 0x01) }
        @inlinable public static var synchronize: Flags { Flags(rawValue: 0x02) }
        @inlinable public static var reset: Flags { Flags(rawValue: 0x04) }
        @inlinable public static var push: Flags { Flags(rawValue: 0x08) }
        @inlinable public static var acknowledge: Flags { Flags(rawValue: 0x10) }
        @inlinable public static var urgent: Flags { Flags(rawValue: 0x20) }
        @inlinable public static var congestionEcho: Flags { Flags(rawValue: 0x40) }
        @inlinable public static var windowReduced: Flags { Flags(rawValue: 0x80) }
    }

    /// Without options.
    @inlinable public static var minimumByteCount: Int { 20 }

    /// The segment. Its checksum covers all of it, so give the packet's payload without padding.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 20 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.minimumByteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var sourcePort: UInt16 { bytes.field16(0) }

    @inlinable @inline(__always) public var destinationPort: UInt16 { bytes.field16(2) }

    @inlinable @inline(__always) public var sequenceNumber: UInt32 { bytes.field32(4) }

    @inlinable @inline(__always) public var acknowledgementNumber: UInt32 { bytes.field32(8) }

    /// In bytes, 0 to 60, as the packet claims: below 20 is an error.
    @inlinable @inline(__always) public var headerLength: Int { Int(bytes.field8(12) >> 4) &* 4 }

    @inlinable @inline(__always) public var flags: Flags { Flags(rawValue: bytes.field8(13)) }

    /// As it stands in the header, not scaled.
    @inlinable @inline(__always) public var window: UInt16 { bytes.field16(14) }

    @inlinable @inline(__always) public var checksum: UInt16 { bytes.field16(16) }

    @inlinable @inline(__always) public var urgentPointer: UInt16 { bytes.field16(18) }

    /// 20 ≤ `headerLength` ≤ `bytes.count`.
    @inlinable @inline(__always) public var hasWholeHeader: Bool {
        headerLength >= Self.minimumByteCount && headerLength <= bytes.count
    }

    /// The options, which may be none. Never goes beyond the header or the bytes.
    @inlinable @inline(__always) public var options: HeaderOptions {
        HeaderOptions(bytes.prefix(headerLength), from: Self.minimumByteCount)
    }

    /// The bytes behind the header; empty unless `hasWholeHeader`.
    @inlinable @inline(__always) public var payload: FrameBytes {
        hasWholeHeader ? bytes.dropFirst(headerLength) : bytes.prefix(0)
    }

    /// The checksum over the pseudo header and the whole segment is right (RFC 9293, 3.1).
    @inlinable
    public func isChecksumValid(from source: IPv4Address, to destination: IPv4Address) -> Bool {
        var sum = InternetChecksum(
            pseudoHeaderFrom: source, to: destination, protocol: .tcp, length: bytes.count)
        sum.add(bytes)
        return sum.isValid
    }

    /// The checksum over the pseudo header and the whole segment is right (RFC 8200, 8.1).
    @inlinable
    public func isChecksumValid(from source: IPv6Address, to destination: IPv6Address) -> Bool {
        var sum = InternetChecksum(
            pseudoHeaderFrom: source, to: destination, protocol: .tcp, length: bytes.count)
        sum.add(bytes)
        return sum.isValid
    }
}
