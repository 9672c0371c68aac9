// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The tags of an interface's frames, none to two, as they lie behind the addresses (IEEE 802.1Q, 9.6), with priority
/// 0.
struct VLANTags: BitwiseCopyable, Sendable {
    /// The bytes as they lie in memory: the tags are the last `byteCount` of them.
    let word: UInt64
    let byteCount: UInt8

    /// - Parameters:
    ///   - identifiers: that of the outer tag first.
    ///   - outer: the type of the outer tag; that of an inner one is 802.1Q's.
    init(_ identifiers: [UInt16] = [], outer: EtherType = .vlan) {
        precondition(identifiers.count <= 2, "two tags are the most")
        var bytes: UInt64 = 0
        for (index, identifier) in identifiers.enumerated() {
            let type = index == 0 ? outer : .vlan
            bytes = bytes << 32 | UInt64(type.rawValue) << 16 | UInt64(identifier & 0xfff)
        }
        word = bytes.bigEndian
        byteCount = UInt8(identifiers.count * VLANTag.byteCount)
    }

    @inline(__always) init(word: UInt64, byteCount: UInt8) {
        self.word = word
        self.byteCount = byteCount
    }

    /// The type of the outer tag; 0 where there is none.
    var outerType: EtherType {
        let bytes = UInt64(bigEndian: word) >> (byteCount > 4 ? 48 : 16)
        return EtherType(rawValue: UInt16(truncatingIfNeeded: bytes))
    }

    /// Writes the tags behind the addresses of a frame, which must be written afterwards: bytes in front of the tags
    /// are overwritten. The EtherType of what follows stands where it stood.
    /// - Parameters:
    ///   - priority: a byte whose upper four bits are the outer tag's priority and drop-eligible bit.
    ///   - inner: the same of an inner tag, where there is one.
    @inline(__always)
    func write(to frame: UnsafeMutableRawPointer, priority: UInt8 = 0, inner: UInt8 = 0) {
        let isDouble = byteCount > 4
        var tags = word | UInt64(priority & 0xf0) &<< (isDouble ? 16 : 48)
        if isDouble { tags |= UInt64(inner & 0xf0) &<< 48 }
        frame.storeBytes(
            of: tags,
            toByteOffset: Int(byteCount) &+ EthernetHeader.byteCount &- 2 &- 8, as: UInt64.self)
    }
}
