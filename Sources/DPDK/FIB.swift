// SPDX-License-Identifier: Apache-2.0

public import CDPDK
import Glibc

/// A forwarding table for IPv4: longest prefix to a small number. Wraps `rte_fib` with DIR24_8 and
/// entries of two bytes.
///
/// DPDK 22.11 has no RCU inside: nothing may be added or removed while another thread looks up.
/// The handle is unowned: `free()` ends the table.
@frozen public struct FIB: Hashable, @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer

    /// The largest value that an entry holds: two bytes less one bit of the table's own.
    public static let largestValue: UInt16 = 32767

    /// Creates a table. Wraps `rte_fib_create`.
    /// - Parameters:
    ///   - routes: the most prefixes that it will hold.
    ///   - longPrefixGroups: how many different /24 networks may hold prefixes longer than 24 bits.
    ///   - missValue: what a look-up gives for an address under no prefix.
    /// - Throws: `DPDKError` that states the memory that was asked for.
    public init(
        name: String, routes: Int, longPrefixGroups: Int, missValue: UInt16, numaNode: Int32?
    ) throws(DPDKError) {
        var configuration = rte_fib_conf()
        configuration.type = RTE_FIB_DIR24_8
        configuration.default_nh = UInt64(missValue)
        configuration.max_routes = Int32(routes)
        configuration.dir24_8.nh_sz = RTE_FIB_DIR24_8_2B
        configuration.dir24_8.num_tbl8 = UInt32(longPrefixGroups)
        raw = try check(
            numaNode.map { rte_fib_create(name, $0, &configuration) }
                ?? OrdinaryHeap.place { rte_fib_create(name, $0, &configuration) },
            "create forwarding table \(name) for \(routes) routes (32 MB and more)")
    }

    /// Adds a prefix or changes its value. Wraps `rte_fib_add`.
    /// - Parameter address: in host order.
    /// - Throws: `DPDKError` that says which limit of the table is reached.
    public func add(address: UInt32, length: Int, value: UInt16) throws(DPDKError) {
        guard Self.reachesLastAddress(address, length) else {
            return try insert(address, length, value)
        }
        try addAtTheEnd(address, length, value)
    }

    func insert(_ address: UInt32, _ length: Int, _ value: UInt16) throws(DPDKError) {
        let status = rte_fib_add(raw, address, UInt8(length), UInt64(value))
        guard status < 0 else { return }
        let limit =
            switch -status {
            case ENOMEM: ": the table has no room for more routes"
            case ENOSPC:
                ": the table has no room for another /24 network with prefixes longer than 24 bits"
            default: ""
            }
        // The library logs nothing here.
        throw DPDKError(
            code: -status, operation: "add a route of /\(length)\(limit)", logLine: nil)
    }

    /// Takes a prefix away. Wraps `rte_fib_delete`.
    public func remove(address: UInt32, length: Int) throws(DPDKError) {
        guard Self.reachesLastAddress(address, length) else { return try delete(address, length) }
        try removeAtTheEnd(address, length)
    }

    func delete(_ address: UInt32, _ length: Int) throws(DPDKError) {
        try check(rte_fib_delete(raw, address, UInt8(length)), "remove a route of /\(length)")
    }

    /// Looks addresses (in host order) up and writes their values. Wraps `rte_fib_lookup_bulk`.
    @inlinable @inline(__always)
    public func lookUp(
        _ addresses: UnsafeMutablePointer<UInt32>, count: Int,
        into values: UnsafeMutablePointer<UInt64>
    ) {
        // The only failure is a null pointer.
        _ = rte_fib_lookup_bulk(raw, addresses, values, Int32(truncatingIfNeeded: count))
    }

    /// Looks one address up. Cold path.
    public func lookUp(_ address: UInt32) -> UInt16 {
        var address = address
        var value: UInt64 = 0
        rte_fib_lookup_bulk(raw, &address, &value, 1)
        return UInt16(truncatingIfNeeded: value)
    }

    /// Gives the memory back. Wraps `rte_fib_free`.
    public func free() { rte_fib_free(raw) }
}
