// SPDX-License-Identifier: Apache-2.0

public import DPDK
public import PacketHeaders

/// A forwarding table of IPv6: a trie whose root has an entry for each value of an address's first 16 bits, and whose other
/// nodes have one for each value of the next 8 (Srinivasan and Varghese 1999). It is small where there are few prefixes,
/// and a look-up takes as many loads as the longest prefix of an address's neighbourhood has bytes, less one.
///
/// An entry has four bytes: the number of a next hop or of a set of them, or a node. No table is changed while a worker can
/// read it. The handle is unowned: `free()` gives the memory back.
public struct TrieFIB: Hashable, @unchecked Sendable {
    /// The root's, and behind them those of the nodes, in blocks of ``nodeSize``.
    private let entries: UnsafeMutablePointer<UInt32>
    /// How many nodes there is room for, beside the root.
    public let nodeCount: Int
    /// By the number of a VRF and the family: the node with which its addresses begin, as entries have it, or 0.
    private let vrfRoots: UnsafeMutablePointer<UInt32>
    private let memory: TableMemory

    /// The most VRFs, the main one among them.
    public static let mostVRFs = 4_096
    public static let rootBits = 16
    public static let nodeBits = 8
    public static let nodeSize = 1 << nodeBits
    /// The root takes the place of so many nodes.
    public static let rootBlocks = 1 << (rootBits - nodeBits)
    /// Says of an entry that it leads to a node.
    static let nodeFlag: UInt32 = 0x8000_0000
    private static let levels = (128 - rootBits) / nodeBits

    static func byteCount(nodes: Int) -> Int {
        ((rootBlocks + nodes) * nodeSize + 2 * mostVRFs) * MemoryLayout<UInt32>.stride
    }

    /// Creates a table in which each address has the number 0.
    /// - Parameter name: DPDK's for its memory; nobody else's.
    /// - Throws: `DPDKError` that states the memory that was asked for.
    public init(name: String, nodes: Int, numaNode: Int32?) throws(DPDKError) {
        let byteCount = Self.byteCount(nodes: nodes)
        memory = try TableMemory(
            name: name, byteCount: byteCount, numaNode: numaNode,
            for: "create forwarding table \(name) of \(byteCount >> 20) MB")
        entries = memory.base.bindMemory(to: UInt32.self, capacity: byteCount / 4)
        nodeCount = nodes
        vrfRoots = entries + (Self.rootBlocks + nodes) * Self.nodeSize
    }

    /// Looks addresses up and writes their numbers: a step for all, then the next for those that are not through, so that
    /// what lies far away in memory is asked for together.
    @inline(__always) func lookUp(
        _ addresses: UnsafeMutablePointer<IPv6Address>, count: Int,
        into values: UnsafeMutablePointer<UInt64>
    ) {
        // Of those that are not through: where the next entry stands.
        var open: UInt64 = 0
        for index in 0..<count {
            let high = addresses[index].high
            let entry = entries[Int(truncatingIfNeeded: high &>> 48)]
            open |= note(entry, high &>> 40, index, values)
        }
        // The first word has six bytes behind those of the root.
        let rest = descend(open, from: 32, into: values) { addresses[$0].high }
        if !rest.isEmpty { lookUpRest(addresses, rest, into: values) }
    }

    /// Goes on with addresses until each has its number, or the first 64 bits are through.
    /// - Parameters:
    ///   - positions: of addresses whose next entries stand in `values`.
    ///   - shift: of the bits behind those.
    ///   - high: the first 64 bits of one.
    /// - Returns: the positions that go on with the other bits.
    @inline(__always) func descend(
        _ positions: UInt64, from shift: UInt64, into values: UnsafeMutablePointer<UInt64>,
        _ high: (Int) -> UInt64
    ) -> BurstPositions {
        var open = positions
        var shift = shift
        while open != 0 {
            var rest = open
            open = 0
            while rest != 0 {
                let index = rest.trailingZeroBitCount
                rest &= rest &- 1
                open |= note(entry(at: values[index]), high(index) &>> shift, index, values)
            }
            if shift == 0 { break }
            shift &-= 8
        }
        return open == 0 ? BurstPositions() : readLast(of: open, into: values)
    }

    /// Reads the entries for the last byte of the first 64 bits.
    @inline(never) private func readLast(
        of positions: UInt64, into values: UnsafeMutablePointer<UInt64>
    ) -> BurstPositions {
        var open = BurstPositions(bits: positions)
        var rest = open
        while let index = rest.popFirst() {
            let entry = entry(at: values[index])
            guard entry < Self.nodeFlag else { continue }
            values[index] = UInt64(entry)
            open.remove(index)
        }
        return open
    }

    /// Notes the number of an entry, or where the next one stands, which is asked for. No branch, which would be guessed
    /// wrongly as often as not: how long prefixes are has no pattern.
    /// - Parameter byte: the next of the address, in the lowest bits.
    /// - Returns: the position's bit where it is not through.
    @inline(__always) func note(
        _ entry: UInt32, _ byte: UInt64, _ index: Int, _ values: UnsafeMutablePointer<UInt64>
    ) -> UInt64 {
        // The highest bit goes.
        let next = (entry &<< 8) | UInt32(truncatingIfNeeded: byte & 0xff)
        let value = Int32(bitPattern: entry) < 0 ? next : entry
        values[index] = UInt64(value)
        (entries + Int(value)).prefetch()
        return UInt64(entry &>> 31) &<< UInt64(truncatingIfNeeded: index)
    }

    /// Looks up what is in prefixes longer than 64 bits.
    @inline(never) private func lookUpRest(
        _ addresses: UnsafeMutablePointer<IPv6Address>, _ positions: BurstPositions,
        into values: UnsafeMutablePointer<UInt64>
    ) {
        var rest = positions
        while let index = rest.popFirst() {
            values[index] = UInt64(lookUp(addresses[index]))
        }
    }

    /// Looks one address up.
    public func lookUp(_ address: IPv6Address) -> UInt16 {
        var entry = entries[Int(truncatingIfNeeded: address.high &>> 48)]
        var level = 0
        while entry >= Self.nodeFlag, level < Self.levels {
            entry = self.entry(entry, Self.byte(address, level))
            level &+= 1
        }
        return UInt16(truncatingIfNeeded: entry)
    }

    /// The byte of an address that a level goes by.
    @inline(__always) private static func byte(_ address: IPv6Address, _ level: Int) -> Int {
        let shift = UInt64(truncatingIfNeeded: 40 &- 8 &* level)
        // Of the first word there are six bytes behind those of the root.
        let word = level < 6 ? address.high &>> shift : address.low &>> (shift &+ 64)
        return Int(UInt8(truncatingIfNeeded: word))
    }

    @inline(__always) func entry(at place: UInt64) -> UInt32 {
        entries[Int(truncatingIfNeeded: place)]
    }

    /// With which the addresses of a VRF begin.
    /// - Parameter family: 0 for IPv6, 1 for IPv4.
    @inline(__always) func root(of vrf: UInt16, family: Int) -> UInt32 {
        vrfRoots[2 &* (Int(vrf) & (Self.mostVRFs &- 1)) &+ family]
    }

    @inline(__always) func entry(_ node: UInt32, _ byte: Int) -> UInt32 {
        entries[Int(node & ~Self.nodeFlag) &<< Self.nodeBits &+ byte]
    }

    /// Gives the memory back.
    public func free() { memory.free() }
}

/// What whoever builds a table reads and writes of it.
extension TrieFIB {
    /// A block: the root, which is 0 and has more entries than the others, or a node.
    public typealias Block = Int

    /// The node that an entry leads to; nil for a number.
    public func node(_ block: Block, _ index: Int) -> Block? {
        let entry = entries[block * Self.nodeSize + index]
        return entry >= Self.nodeFlag ? Int(entry & ~Self.nodeFlag) : nil
    }

    /// Gives entries of a block one number.
    public func fill(_ block: Block, _ indices: Range<Int>, with value: UInt16) {
        (entries + block * Self.nodeSize + indices.lowerBound).update(
            repeating: UInt32(value), count: indices.count)
    }

    /// Has an entry lead to a node.
    public func link(_ block: Block, _ index: Int, to node: Block) {
        precondition(node >= Self.rootBlocks && node < Self.rootBlocks + nodeCount)
        entries[block * Self.nodeSize + index] = UInt32(node) | Self.nodeFlag
    }

    /// Has the addresses of a VRF begin with a node; nil for none.
    /// - Parameter family: 0 for IPv6, 1 for IPv4.
    public func setRoot(of vrf: UInt16, family: Int, to node: Block?) {
        vrfRoots[2 * Int(vrf) + family] = node.map { UInt32($0) | Self.nodeFlag } ?? 0
    }

    /// The node with which the addresses of a VRF begin; nil where there is none.
    public func root(ofVRF vrf: UInt16, family: Int) -> Block? {
        let root = root(of: vrf, family: family)
        return root >= Self.nodeFlag ? Int(root & ~Self.nodeFlag) : nil
    }

    /// The number of an entry, which leads to no node.
    public func value(_ block: Block, _ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: entries[block * Self.nodeSize + index])
    }
}
