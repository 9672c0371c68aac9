// SPDX-License-Identifier: Apache-2.0

/// Room for an ARP packet for IPv4 over Ethernet that the caller may write (RFC 826).
@frozen public struct MutableARPHeader {
    public let bytes: MutableFrameBytes

    /// Returns `nil` when there are fewer than 28 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: MutableFrameBytes) {
        guard bytes.count >= ARPHeader.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Writes all 28 bytes. In a request the target's hardware address is zero by custom.
    @inlinable public func write(
        _ operation: ARPHeader.Operation,
        senderHardwareAddress: MACAddress, senderAddress: IPv4Address,
        targetHardwareAddress: MACAddress, targetAddress: IPv4Address
    ) {
        bytes.setField(0, 0x0001_0800 as UInt32)
        bytes.setField(4, 0x0604 as UInt16)
        bytes.setField(6, operation.rawValue)
        bytes.setMACAddress(8, senderHardwareAddress)
        bytes.setField(14, senderAddress.rawValue)
        bytes.setMACAddress(18, targetHardwareAddress)
        bytes.setField(24, targetAddress.rawValue)
    }
}
