// SPDX-License-Identifier: Apache-2.0

/// An ARP packet for IPv4 over Ethernet (RFC 826).
///
/// 28 bytes. The addresses mean something only when `isEthernetIPv4` holds: the lengths in the
/// packet never decide what is read.
@frozen public struct ARPHeader {
    /// RFC 826, ar$op
    @frozen public struct Operation: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt16

        @inlinable @inline(__always) public init(rawValue: UInt16) { self.rawValue = rawValue }

        @inlinable public static var request: Operation { Operation(rawValue: 1) }
        @inlinable public static var reply: Operation { Operation(rawValue: 2) }

        @inlinable @inline(__always)
        public static func == (left: Operation, right: Operation) -> Bool {
            left.rawValue == right.rawValue
        }
    }

    @inlinable public static var byteCount: Int { 28 }

    /// The frame from this header on.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 28 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 1 is Ethernet.
    @inlinable public var hardwareType: UInt16 { bytes.field16(0) }
    @inlinable public var protocolType: EtherType { EtherType(rawValue: bytes.field16(2)) }
    /// Bytes of a hardware address: 6 for Ethernet.
    @inlinable public var hardwareAddressLength: UInt8 { bytes.field8(4) }
    /// Bytes of a protocol address: 4 for IPv4.
    @inlinable public var protocolAddressLength: UInt8 { bytes.field8(5) }
    @inlinable public var operation: Operation { Operation(rawValue: bytes.field16(6)) }
    @inlinable public var senderHardwareAddress: MACAddress { bytes.macAddress(8) }
    @inlinable public var senderAddress: IPv4Address { bytes.ipv4Address(14) }
    @inlinable public var targetHardwareAddress: MACAddress { bytes.macAddress(18) }
    @inlinable public var targetAddress: IPv4Address { bytes.ipv4Address(24) }

    /// Types and lengths are those of IPv4 over Ethernet.
    @inlinable public var isEthernetIPv4: Bool {
        // Hardware type 1, protocol 0x0800, lengths 6 and 4: six bytes in two compares.
        bytes.field32(0) == 0x0001_0800 && bytes.field16(4) == 0x0604
    }
}
