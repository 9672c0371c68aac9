// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Glibc

/// A forwarding table for IPv4, as workers read it: from an address to a small number. It is DIR-24-8 (Gupta, Lin,
/// McKeown: Routing Lookups in Hardware at Memory Access Speeds, 1998): an entry of two bytes for each /24 network;
/// where addresses of a network have different numbers, the network is *split*: its entry names a group of 256
/// entries, one for each address.
///
/// It knows no prefixes: whoever writes decides what each network gets. Nothing may be written while another
/// thread looks up. The handle is unowned: `free()` ends the table.
public struct FIB: Hashable, @unchecked Sendable {
    /// The networks' entries, and behind them the groups.
    private let entries: UnsafeMutablePointer<UInt16>
    private let isWide: Bool
    /// How many networks may be split.
    public let groupCount: Int
    private let memory: TableMemory

    /// The highest bit of an entry says that it names a group.
    public static let largestValue: UInt16 = 0x7fff
    /// The most groups that entries can name.
    public static let mostGroups = 0x8000
    /// /24 networks.
    public static let networkCount = 1 << 24
    /// Addresses of a network.
    public static let groupSize = 256

    /// Bytes of a table; two more than its entries, since vectors read two entries at once.
    static func byteCount(groups: Int) -> Int { 2 * (networkCount + groupSize * groups + 1) }

    /// Creates a table in which each address has the number 0.
    /// - Parameter name: DPDK's for its memory; nobody else's.
    /// - Throws: `DPDKError` that states the memory that was asked for.
    public init(name: String, groups: Int, numaNode: Int32?) throws(DPDKError) {
        precondition(0...Self.mostGroups ~= groups)
        let byteCount = Self.byteCount(groups: groups)
        memory = try TableMemory(
            name: name, byteCount: byteCount, numaNode: numaNode,
            for: "create forwarding table \(name) of \(byteCount >> 20) MB")
        entries = memory.base.bindMemory(to: UInt16.self, capacity: byteCount / 2)
        isWide = WideVectors.areAvailable
        groupCount = groups
    }

    /// Looks addresses (in host order) up and writes their numbers.
    @inline(__always) func lookUp(
        _ addresses: UnsafeMutablePointer<UInt32>, count: Int,
        into values: UnsafeMutablePointer<UInt64>
    ) {
        var first = 0
        if isWide {
            while first &+ WideVectors.width <= count {
                WideVectors.lookUp(addresses + first, in: entries, into: values + first)
                first &+= WideVectors.width
            }
        }
        // All are asked for before the first is waited for.
        for index in first..<count { (entries + Int(addresses[index] &>> 8)).prefetch() }
        for index in first..<count {
            values[index] = UInt64(entry(addresses[index]))
        }
    }

    /// Looks one address (in host order) up.
    public func lookUp(_ address: UInt32) -> UInt16 { entry(address) }

    @inline(__always) private func entry(_ address: UInt32) -> UInt16 {
        let found = entries[Int(address &>> 8)]
        guard found > Self.largestValue else { return found }
        return start(ofGroup: Int(found & Self.largestValue))[Int(address & 0xff)]
    }

    @inline(__always) private func start(ofGroup group: Int) -> UnsafeMutablePointer<UInt16> {
        entries + (Self.networkCount &+ group &* Self.groupSize)
    }

    /// Gives the memory back.
    public func free() { memory.free() }
}

/// Writing, while nobody reads.
extension FIB {
    /// The group of a split network; nil when it is not split.
    /// - Parameter network: the 24 bits of a /24 network.
    public func group(ofNetwork network: Int) -> Int? {
        let entry = entries[network]
        return entry > Self.largestValue ? Int(entry & Self.largestValue) : nil
    }

    /// Gives all addresses of networks one number. None of them is split afterwards.
    public func fill(_ networks: Range<Int>, with value: UInt16) {
        let target = entries + networks.lowerBound
        // What is copied from stays in the first-level cache.
        let chunk = 2048
        var done = min(networks.count, 64)
        for index in 0..<done { target[index] = value }
        while done < networks.count {
            let count = min(done, networks.count - done, chunk)
            memcpy(target + done, target, 2 * count)
            done += count
        }
    }

    /// Splits a network.
    /// - Parameters:
    ///   - group: no other network's.
    ///   - values: one for each of its 256 addresses.
    public func split(_ network: Int, into values: ArraySlice<UInt16>, group: Int) {
        precondition(group < groupCount && values.count == Self.groupSize)
        values.withUnsafeBufferPointer {
            start(ofGroup: group).update(from: $0.baseAddress!, count: Self.groupSize)
        }
        entries[network] = UInt16(group) | (Self.largestValue + 1)
    }
}
