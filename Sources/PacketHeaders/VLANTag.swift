// SPDX-License-Identifier: Apache-2.0

/// One VLAN tag: its EtherType and its control information (IEEE 802.1Q, 9.6).
///
/// On the wire 4 bytes: tag type 2, then priority 3 bits, drop eligible 1 bit, identifier 12 bits.
@frozen public struct VLANTag: Hashable, Sendable {
    @inlinable public static var byteCount: Int { 4 }

    /// `vlan` (802.1Q) or `serviceVLAN` (802.1ad).
    public let type: EtherType
    /// Priority, drop-eligible bit and identifier as they stand in the tag, in host order.
    public let controlInformation: UInt16

    @inlinable @inline(__always) public init(type: EtherType, controlInformation: UInt16) {
        self.type = type
        self.controlInformation = controlInformation
    }

    /// Reads a tag that starts with its type. Returns `nil` when there are fewer than 4 bytes or
    /// the type is not that of a tag.
    @inlinable @inline(__always) public init?(_ bytes: FrameBytes) {
        guard let word = bytes.uint32(at: 0) else { return nil }
        let type = EtherType(rawValue: UInt16(truncatingIfNeeded: word >> 16))
        guard type.isVLAN else { return nil }
        self.init(type: type, controlInformation: UInt16(truncatingIfNeeded: word))
    }

    /// 0 to 4095. 0 is a priority tag and names no VLAN; 4095 is reserved.
    @inlinable @inline(__always) public var identifier: UInt16 { controlInformation & 0x0fff }

    /// The priority code point, 0 to 7.
    @inlinable @inline(__always)
    public var priority: UInt8 { UInt8(truncatingIfNeeded: controlInformation >> 13) }

    @inlinable @inline(__always)
    public var isDropEligible: Bool { controlInformation & 0x1000 != 0 }
}
