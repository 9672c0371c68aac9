// SPDX-License-Identifier: Apache-2.0

/// Tells a few IPv4 addresses from nearly all others in three instructions: a byte for each value of a
/// 12-bit hash of the address, 1 where one of the few has that hash.
///
/// No mark says that an address is none of them. A mark says only that it deserves a closer look: where
/// there are eight of the few, about one address in 500 has the mark of one. Addresses of one /24 never
/// share a mark, so that hosts beside a marked address are told from it.
@frozen public struct AddressMarks: BitwiseCopyable, @unchecked Sendable {
    public static let byteCount = 4096

    @usableFromInline let bytes: UnsafePointer<UInt8>

    /// - Parameter bytes: `byteCount` of them, each 0 or 1, that stay as long as anybody asks.
    @inlinable public init(_ bytes: UnsafePointer<UInt8>) { self.bytes = bytes }

    /// 1 where the address may be one of the few, otherwise 0.
    /// - Parameter address: its four bytes as they lie in a packet, read as a little-endian word.
    @inlinable @inline(__always)
    public subscript(littleEndian address: UInt32) -> UInt8 {
        bytes[Self.position(littleEndian: address)]
    }

    /// Which byte stands for an address: multiplicative hashing (Knuth, volume 3, 6.4). The last byte of
    /// the address is the highest here and reaches the upper eight bits alone, so that addresses that
    /// differ in no other byte have different places.
    @inlinable @inline(__always)
    public static func position(littleEndian address: UInt32) -> Int {
        Int(truncatingIfNeeded: (address &* 0x9e37_79b1) &>> 20)
    }
}
