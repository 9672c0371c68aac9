// SPDX-License-Identifier: Apache-2.0

/// Tells nearly all packets that a router may forward by their addresses (RFC 1812, 5.3.7; RFC 3927, 7) in
/// a few loads: of a table with a byte for each first byte of an address, and behind these one for each
/// value of a 12-bit hash of a source.
///
/// A byte is 0 where there is nothing to find. Otherwise the addresses deserve a closer look: there is
/// something about some addresses with this first byte, or one of a few chosen sources has this hash. Where
/// eight are chosen, about one source in 500 has the hash of one. Addresses of one /24 never share a hash,
/// so that hosts beside a chosen address are told from it.
@frozen public struct OrdinaryAddresses: BitwiseCopyable, @unchecked Sendable {
    @usableFromInline let table: UnsafePointer<UInt8>

    /// - Parameter table: a ``table(without:)`` that stays as long as anybody asks.
    @inlinable public init(_ table: UnsafePointer<UInt8>) { self.table = table }

    /// Whether a packet between the two, as they lie in it and read as little-endian words, may be
    /// forwarded. `false` says only that it deserves a closer look.
    @inlinable @inline(__always) func contain(source: UInt32, destination: UInt32) -> Bool {
        var found = table[Int(UInt8(truncatingIfNeeded: source))]
        found |= table[Int(UInt8(truncatingIfNeeded: destination))]
        found |= table[Self.position(ofSource: source)]
        return found == 0
    }

    /// Which byte stands for a source: multiplicative hashing (Knuth, volume 3, 6.4). The last byte of the
    /// address is the highest one here and reaches the upper eight bits alone, so that addresses that
    /// differ in no other byte have different places.
    @inlinable @inline(__always) static func position(ofSource source: UInt32) -> Int {
        256 &+ Int(truncatingIfNeeded: (source &* 0x9e37_79b1) &>> 20)
    }

    /// The bytes of a table.
    /// - Parameter sources: the ones that are chosen.
    public static func table(without sources: some Sequence<IPv4Address>) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: 256 + 4096)
        for first in 0..<256 {
            let network = IPv4Address(rawValue: UInt32(first) << 24)
            // Of 169/8 a part is link-local.
            if !network.isUnicast || first == 169 { table[first] = 1 }
        }
        for source in sources {
            table[position(ofSource: source.rawValue.byteSwapped)] = 1
        }
        return table
    }
}
