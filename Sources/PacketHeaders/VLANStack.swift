// SPDX-License-Identifier: Apache-2.0

/// The VLAN tags of a frame, held inline: a walk over at most `maximumDepth` tags.
@frozen public struct VLANStack: Hashable, Sendable {
    /// Why the walk ended.
    @frozen public enum End: UInt8, Sendable {
        /// At an EtherType that is no tag.
        case payload
        /// The frame ends inside a tag; `etherType` is the type of that tag.
        case truncated
        /// More than `maximumDepth` tags; `etherType` is the type of the first one not read.
        case tooDeep
    }

    @inlinable public static var maximumDepth: Int { 4 }

    /// The number of whole tags read, 0 to 4.
    public let count: Int
    public let end: End
    /// What stands behind the last tag read.
    public let etherType: EtherType
    /// Where that begins, in bytes from the first byte of the Ethernet header: 14 + 4 × `count`.
    public let payloadOffset: Int
    /// The control information of each tag, 16 bits each, the outermost in the lowest bits.
    @usableFromInline let control: UInt64
    /// One bit a tag, the outermost lowest: set for 802.1ad.
    @usableFromInline let service: UInt8

    @inlinable @inline(__always) public init(_ header: EthernetHeader) {
        var etherType = header.etherType
        var count = 0
        var control: UInt64 = 0
        var service: UInt8 = 0
        var end = End.payload
        while etherType.isVLAN {
            guard count < Self.maximumDepth else {
                end = .tooDeep
                break
            }
            // A tag's control information and the type behind it: one load.
            let offset = EthernetHeader.byteCount &+ VLANTag.byteCount &* count
            guard let word = header.bytes.uint32(at: offset) else {
                end = .truncated
                break
            }
            control |= UInt64(word >> 16) &<< UInt64(truncatingIfNeeded: 16 &* count)
            if etherType == .serviceVLAN { service |= 1 &<< UInt8(truncatingIfNeeded: count) }
            etherType = EtherType(rawValue: UInt16(truncatingIfNeeded: word))
            count &+= 1
        }
        self.count = count
        self.end = end
        self.etherType = etherType
        payloadOffset = EthernetHeader.byteCount &+ VLANTag.byteCount &* count
        self.control = control
        self.service = service
    }

    /// The stack of a frame too short for an Ethernet header: no tags, EtherType 0.
    @inlinable @inline(__always) init() {
        count = 0
        end = .truncated
        etherType = EtherType(rawValue: 0)
        payloadOffset = EthernetHeader.byteCount
        control = 0
        service = 0
    }

    /// A tag, counted from the outermost; `nil` from `count` on.
    @inlinable @inline(__always) public func tag(at index: Int) -> VLANTag? {
        guard index >= 0, index < count else { return nil }
        return VLANTag(
            type: service &>> UInt8(truncatingIfNeeded: index) & 1 == 1 ? .serviceVLAN : .vlan,
            controlInformation: UInt16(
                truncatingIfNeeded: control &>> UInt64(truncatingIfNeeded: 16 &* index)))
    }

    /// The VLAN identifiers, 16 bits each, the outermost in the lowest bits, without priorities.
    ///
    /// Together with `count` this names the stack.
    @inlinable @inline(__always) public var identifiers: UInt64 { control & 0x0fff_0fff_0fff_0fff }
}
