// SPDX-License-Identifier: Apache-2.0

/// The Internet checksum (RFC 1071): the complement of the ones' complement sum of 16-bit words.
///
/// Pieces are added one after the other as if they were one run of bytes, whatever their lengths.
/// The sum does not depend on the byte order (RFC 1071, 2 (B)), so words are added as they are
/// loaded, eight bytes at a time, and swapped once at the end.
@frozen public struct InternetChecksum: Sendable {
    /// The sum so far in memory order, with carries added back in.
    @usableFromInline var sum: UInt64 = 0
    /// An odd number of bytes was added: what comes next stands in the other half of its word.
    @usableFromInline var isOdd = false

    /// The sum of nothing.
    @inlinable @inline(__always) public init() {}

    /// The checksum of some bytes, in host order: what goes into a field that was zero meanwhile.
    @inlinable public static func of(_ bytes: FrameBytes) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(bytes)
        return checksum.value
    }

    /// The bytes, among them their checksum field, add up. An empty run does not.
    @inlinable public static func isValid(_ bytes: FrameBytes) -> Bool {
        folded(sum(of: bytes)) == 0xffff
    }

    /// Adds the next piece.
    @inlinable public mutating func add(_ bytes: FrameBytes) {
        addInPlace(Self.sum(of: bytes))
        if bytes.count & 1 == 1 { isOdd.toggle() }
    }

    /// Adds a word in host order as the next two bytes.
    @inlinable public mutating func add(_ word: UInt16) { addInPlace(UInt64(word.bigEndian)) }

    /// The checksum of all that was added, in host order.
    @inlinable public var value: UInt16 { ~UInt16(bigEndian: Self.folded(sum)) }

    /// The checksum as UDP sends it: 0 would mean none, so 0xffff takes its place (RFC 768).
    @inlinable public var valueForUDP: UInt16 { value == 0 ? 0xffff : value }

    /// All that was added, checksum field included, adds up.
    @inlinable public var isValid: Bool { Self.folded(sum) == 0xffff }

    /// Adds a sum in memory order, with its two halves exchanged when it starts at an odd byte.
    @inlinable @inline(__always) mutating func addInPlace(_ partial: UInt64) {
        sum = Self.adding(sum, isOdd ? UInt64(Self.folded(partial).byteSwapped) : partial)
    }
}
