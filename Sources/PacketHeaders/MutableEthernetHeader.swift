// SPDX-License-Identifier: Apache-2.0

/// An Ethernet II header that the caller may write.
@frozen public struct MutableEthernetHeader {
    public let bytes: MutableFrameBytes

    /// Returns `nil` when there are fewer than 14 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: MutableFrameBytes) {
        guard bytes.count >= EthernetHeader.byteCount else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) public var destination: MACAddress {
        get { bytes.readOnly.macAddress(0) }
        nonmutating set { bytes.setMACAddress(0, newValue) }
    }

    @inlinable @inline(__always) public var source: MACAddress {
        get { bytes.readOnly.macAddress(6) }
        nonmutating set { bytes.setMACAddress(6, newValue) }
    }

    @inlinable @inline(__always) public var etherType: EtherType {
        get { EtherType(rawValue: bytes.readOnly.field16(12)) }
        nonmutating set { bytes.setField(12, newValue.rawValue) }
    }
}
