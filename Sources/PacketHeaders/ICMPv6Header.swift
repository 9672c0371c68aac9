// SPDX-License-Identifier: Apache-2.0

/// An ICMPv6 header (RFC 4443, 2.1) and the 4 bytes that every message has behind it.
@frozen public struct ICMPv6Header {
    /// RFC 4443 and RFC 4861; numbers from IANA.
    @frozen public struct MessageType: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8

        @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

        @inlinable public static var unreachable: MessageType { MessageType(rawValue: 1) }
        @inlinable public static var packetTooBig: MessageType { MessageType(rawValue: 2) }
        @inlinable public static var timeExceeded: MessageType { MessageType(rawValue: 3) }
        @inlinable public static var parameterProblem: MessageType { MessageType(rawValue: 4) }
        @inlinable public static var echoRequest: MessageType { MessageType(rawValue: 128) }
        @inlinable public static var echoReply: MessageType { MessageType(rawValue: 129) }
        /// Of multicast listeners (RFC 3810, 5.1).
        @inlinable public static var listenerQuery: MessageType { MessageType(rawValue: 130) }
        @inlinable public static var routerSolicitation: MessageType { MessageType(rawValue: 133) }
        @inlinable public static var routerAdvertisement: MessageType { MessageType(rawValue: 134) }
        @inlinable public static var neighbourSolicitation: MessageType {
            MessageType(rawValue: 135)
        }
        @inlinable public static var neighbourAdvertisement: MessageType {
            MessageType(rawValue: 136)
        }
        @inlinable public static var redirect: MessageType { MessageType(rawValue: 137) }

        /// An error message: the high bit is clear (RFC 4443, 2.1).
        @inlinable @inline(__always) public var isError: Bool { rawValue < 128 }

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

    /// Of an echo message.
    @inlinable public var identifier: UInt16 { bytes.field16(4) }
    /// Of an echo message.
    @inlinable public var sequenceNumber: UInt16 { bytes.field16(6) }
    /// Of "packet too big" (RFC 4443, 3.2), in bytes.
    @inlinable public var mtu: UInt32 { bytes.field32(4) }
    /// Of a parameter problem: the byte of the quoted packet that is at fault.
    @inlinable public var pointer: UInt32 { bytes.field32(4) }

    /// The target of a neighbour solicitation or advertisement (RFC 4861, 4.3 and 4.4); `nil`
    /// when the message has fewer than 24 bytes.
    @inlinable public var targetAddress: IPv6Address? {
        bytes.count >= 24 ? bytes.ipv6Address(8) : nil
    }

    /// What follows the 8 bytes: the quoted packet of an error, the data of an echo.
    @inlinable public var payload: FrameBytes { bytes.dropFirst(Self.byteCount) }

    /// The checksum over the pseudo header and the whole message is right (RFC 4443, 2.3).
    @inlinable
    public func isChecksumValid(from source: IPv6Address, to destination: IPv6Address) -> Bool {
        var sum = InternetChecksum(
            pseudoHeaderFrom: source, to: destination, protocol: .icmpv6, length: bytes.count)
        sum.add(bytes)
        return sum.isValid
    }
}
