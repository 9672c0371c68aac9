// SPDX-License-Identifier: Apache-2.0

/// An ICMP header (RFC 792): 8 bytes, of which the last 4 mean something else in each message.
@frozen public struct ICMPHeader {
    /// RFC 792; numbers from IANA.
    @frozen public struct MessageType: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8

        @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

        @inlinable public static var echoReply: MessageType { MessageType(rawValue: 0) }
        @inlinable public static var unreachable: MessageType { MessageType(rawValue: 3) }
        @inlinable public static var sourceQuench: MessageType { MessageType(rawValue: 4) }
        @inlinable public static var redirect: MessageType { MessageType(rawValue: 5) }
        @inlinable public static var echoRequest: MessageType { MessageType(rawValue: 8) }
        @inlinable public static var timeExceeded: MessageType { MessageType(rawValue: 11) }
        @inlinable public static var parameterProblem: MessageType { MessageType(rawValue: 12) }
        @inlinable public static var timestamp: MessageType { MessageType(rawValue: 13) }
        @inlinable public static var timestampReply: MessageType { MessageType(rawValue: 14) }

        /// An error message, which quotes a packet and is never answered by another error
        /// (RFC 1812, 4.3.2.7): 3, 4, 5, 11 and 12.
        @inlinable @inline(__always) public var isError: Bool {
            switch rawValue {
            case 3, 4, 5, 11, 12: true
            default: false
            }
        }

        @inlinable @inline(__always)
        public static func == (left: MessageType, right: MessageType) -> Bool {
            left.rawValue == right.rawValue
        }
    }

    @inlinable public static var byteCount: Int { 8 }

    /// The message. Its checksum covers all of it, so give the packet's payload without padding.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 8 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable public var type: MessageType { MessageType(rawValue: bytes.field8(0)) }
    @inlinable public var code: UInt8 { bytes.field8(1) }
    @inlinable public var checksum: UInt16 { bytes.field16(2) }

    /// Of an echo or timestamp message.
    @inlinable public var identifier: UInt16 { bytes.field16(4) }
    /// Of an echo or timestamp message.
    @inlinable public var sequenceNumber: UInt16 { bytes.field16(6) }
    /// Of "fragmentation needed", 3/4 (RFC 1191, 4), in bytes; 0 from old routers.
    @inlinable public var nextHopMTU: UInt16 { bytes.field16(6) }
    /// Of a parameter problem: the byte of the quoted packet that is at fault.
    @inlinable public var pointer: UInt8 { bytes.field8(4) }
    /// Of a redirect.
    @inlinable public var gateway: IPv4Address { bytes.ipv4Address(4) }

    /// What follows the 8 bytes: the quoted packet of an error, the data of an echo.
    @inlinable public var payload: FrameBytes { bytes.dropFirst(Self.byteCount) }

    /// The checksum over the whole message is right (RFC 792).
    @inlinable public var isChecksumValid: Bool { InternetChecksum.isValid(bytes) }
}
