// SPDX-License-Identifier: Apache-2.0

/// An Ethernet II header at the start of a frame (IEEE 802.3, 3.1.1).
///
/// 14 bytes: destination 6, source 6, EtherType 2. VLAN tags follow it: see `VLANStack`.
@frozen public struct EthernetHeader {
    @inlinable public static var byteCount: Int { 14 }

    /// The frame from this header on.
    public let bytes: FrameBytes

    /// Returns `nil` when there are fewer than 14 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var destination: MACAddress { bytes.macAddress(0) }

    @inlinable @inline(__always) public var source: MACAddress { bytes.macAddress(6) }

    /// The protocol of the payload, or of the first VLAN tag.
    @inlinable @inline(__always)
    public var etherType: EtherType { EtherType(rawValue: bytes.field16(12)) }

    /// Everything behind the header, VLAN tags and padding included.
    @inlinable @inline(__always) public var payload: FrameBytes { bytes.dropFirst(Self.byteCount) }
}
