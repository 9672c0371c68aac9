// SPDX-License-Identifier: Apache-2.0

/// Tells nearly all packets that a router may forward by their addresses (RFC 4291, 2.5) in a few loads, as
/// ``OrdinaryAddresses`` does for IPv4: a byte for each first byte of an address, and behind these one for each value of a
/// 12-bit hash of a source. A byte is 0 where there is nothing to find.
@frozen public struct OrdinaryIPv6Addresses: BitwiseCopyable, @unchecked Sendable {
    @usableFromInline let table: UnsafePointer<UInt8>

    /// - Parameter table: a ``table(without:)`` that stays as long as anybody asks.
    @inlinable public init(_ table: UnsafePointer<UInt8>) { self.table = table }

    /// Whether a packet between the two, as they lie in it and read as little-endian words, may be forwarded. `false` says
    /// only that it deserves a closer look.
    @inlinable @inline(__always)
    func contain(sourceStart: UInt64, sourceEnd: UInt64, destinationStart: UInt64) -> Bool {
        var found = table[Int(UInt8(truncatingIfNeeded: sourceStart))]
        found |= table[Int(UInt8(truncatingIfNeeded: destinationStart))]
        found |= table[Self.position(ofSource: sourceStart, sourceEnd)]
        return found == 0
    }

    /// Which byte stands for a source: multiplicative hashing (Knuth, volume 3, 6.4). Addresses that differ in the last byte
    /// alone have different places.
    @inlinable @inline(__always)
    static func position(ofSource start: UInt64, _ end: UInt64) -> Int {
        let mixed = (start ^ end &>> 7) &* 0x9e37_79b9_7f4a_7c15 ^ end
        return 256 &+ Int(truncatingIfNeeded: mixed &>> 52)
    }

    /// The bytes of a table.
    /// - Parameter sources: the ones that are chosen.
    public static func table(without sources: some Sequence<IPv6Address>) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: 256 + 4096)
        // Of 0/8 some stand for IPv4 or for nobody, of fe/8 some are link-local; all of ff/8 is multicast.
        for first in [0x00, 0xfe, 0xff] { table[first] = 1 }
        for source in sources {
            table[position(ofSource: source.high.byteSwapped, source.low.byteSwapped)] = 1
        }
        return table
    }
}
