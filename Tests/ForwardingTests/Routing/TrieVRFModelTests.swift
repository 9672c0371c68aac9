// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane
@testable import Forwarding

/// The tables of VRFs in the trie, held to plain lists of prefixes: each by itself, whatever the others have.
@Suite(.usesEAL) struct TrieVRFModelTests {
    private typealias Key = IPv6PrefixKey
    /// IPv6 of the main VRF, and both families of 1 and of 4,000.
    private static let tables: [UInt16] = [
        0, TrieTables.ipv4(of: 1), TrieTables.ipv6(of: 1), TrieTables.ipv4(of: 4_000),
        TrieTables.ipv6(of: 4_000),
    ]

    private static func key(_ table: UInt16, _ random: inout SeededGenerator) -> Key {
        let isIPv4 = table != 0 && TrieTables.owner(of: table).isIPv4
        let high = UInt64.random(in: 0...UInt64.max, using: &random) & 0x000f_0f03_000f_0303
        let address = UInt128(0x0a00_0000_0000_0000 | high) << 64 | UInt128(high & 3)
        return Key(address, Int.random(in: 0...(isIPv4 ? 32 : 128), using: &random))
    }

    private static func longest(_ routes: [Key: UInt16]?, _ address: UInt128) -> UInt16 {
        (routes ?? [:]).filter { $0.key == Key(address, $0.key.length) }
            .max { $0.key.length < $1.key.length }?.value ?? 0
    }

    private static func lookUp(_ fib: TrieFIB, _ table: UInt16, _ address: UInt128) -> UInt16 {
        let ip = IPv6Address(
            high: UInt64(truncatingIfNeeded: address >> 64),
            low: UInt64(truncatingIfNeeded: address))
        guard table != 0 else { return fib.lookUp(ip) }
        let owner = TrieTables.owner(of: table)
        guard owner.isIPv4 else { return fib.lookUp(ip, in: owner.vrf) }
        return fib.lookUp(IPv4Address(rawValue: UInt32(ip.high >> 32)), in: owner.vrf)
    }

    @Test("random changes leave each table as its list has it", arguments: [1, 2] as [UInt64])
    func randomChanges(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var lists: [UInt16: [Key: UInt16]] = [:]
        var configuration = Configuration(
            path: "f.yaml", forward: .route, workers: .count(1), ports: [], crossConnects: [])
        configuration.memory.routes = 256
        var pair = try FIBPair<TrieInstance>(Plan.TrieTable(configuration), numaNode: nil)
        defer { pair.free() }
        var refused = 0
        for round in 1...200 {
            var steps: [FIBStep<Key>] = []
            var next = lists
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let table = Self.tables.randomElement(using: &random) ?? 0
                let isFull = (next[table]?.count ?? 0) > 60
                let known = next[table]?.keys.sorted().randomElement(using: &random)
                let isDeleted = known != nil && (isFull || Bool.random(using: &random))
                let key = isDeleted ? known! : Self.key(table, &random)
                guard !steps.contains(where: { $0.key == key && $0.table == table }) else {
                    continue
                }
                let value = isDeleted ? 0 : UInt16.random(in: 1...9, using: &random)
                let before = next[table]?[key] ?? 0
                guard before != value else { continue }
                steps.append(FIBStep(key: key, before: before, after: value, table: table))
                next[table, default: [:]][key] = value == 0 ? nil : value
            }
            steps.sort { ($0.table, $0.key) < ($1.table, $1.key) }
            do throws(FIBFailure) {
                try pair.swap(steps)
                if round.isMultiple(of: 5) { pair.swapBack() } else { lists = next }
            } catch {
                guard case .tooManyNodes = error else { throw error }
                refused += 1
            }
            pair.catchUp()
            for fib in [pair.live, pair.spare].compactMap(\.self) {
                for table in Self.tables {
                    for _ in 0..<4 {
                        let address = Self.key(table, &random).address
                        try #require(
                            Self.lookUp(fib, table, address)
                                == Self.longest(lists[table], address),
                            "seed \(seed), round \(round), table \(table)")
                    }
                }
            }
            if round.isMultiple(of: 20) { try compareBursts(pair.live, &random) }
        }
        #expect(refused > 0)
        // What has no prefix any more has no node: then the same fits again.
        try pair.swap(
            lists.sorted { $0.key < $1.key }.flatMap { table, routes in
                routes.sorted { $0.key < $1.key }.map {
                    FIBStep(key: $0.key, before: $0.value, after: 0, table: table)
                }
            })
        pair.catchUp()
        for table in Self.tables.dropFirst() {
            let owner = TrieTables.owner(of: table)
            #expect(pair.live.root(ofVRF: owner.vrf, family: owner.isIPv4 ? 1 : 0) == nil)
        }
    }

    /// A burst finds what each address finds by itself.
    private func compareBursts(_ fib: TrieFIB, _ random: inout SeededGenerator) throws {
        let count = Burst.capacity
        let metadata = BurstMetadata()
        defer { metadata.free() }
        for index in 0..<count {
            metadata.vrfs[index] = [0, 1, 2, 4_000].randomElement(using: &random) ?? 0
            let address = Self.key(2, &random).address
            metadata.ipv6Destinations[index] = IPv6Address(
                high: UInt64(truncatingIfNeeded: address >> 64),
                low: UInt64(truncatingIfNeeded: address))
            metadata.destinations[index] = UInt32(truncatingIfNeeded: address >> 96)
            metadata.nextHops[index] = 77
        }
        fib.lookUp(
            ipv4: metadata.destinations, in: metadata.vrfs, count: count, into: metadata.nextHops)
        for index in 0..<count {
            let vrf = metadata.vrfs[index]
            let address = IPv4Address(rawValue: metadata.destinations[index])
            let expected = vrf == 0 ? 77 : fib.lookUp(address, in: vrf)
            try #require(metadata.nextHops[index] == UInt64(expected))
        }
        fib.lookUp(metadata.ipv6Destinations, count: count, into: metadata.nextHops)
        fib.lookUp(
            ipv6: metadata.ipv6Destinations, in: metadata.vrfs, count: count,
            into: metadata.nextHops)
        for index in 0..<count {
            let vrf = metadata.vrfs[index]
            let address = metadata.ipv6Destinations[index]
            let expected = vrf == 0 ? fib.lookUp(address) : fib.lookUp(address, in: vrf)
            try #require(metadata.nextHops[index] == UInt64(expected))
        }
    }
}
