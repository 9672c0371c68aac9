// SPDX-License-Identifier: Apache-2.0

import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

@testable import Forwarding

/// The two instances of the table of IPv6, held to plain lists of prefixes through thousands of changes while it is about as
/// full as it gets.
@Suite(.usesEAL) struct TriePairModelTests {
    private static let operations = 1_200

    @Test(
        "random changes of a nearly full table leave both instances as a plain list has them",
        arguments: [1, 2, 3, 4] as [UInt64])
    func randomChanges(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var state = PrefixList()
        var nodes = 256
        var pair = try FIBPair<TrieInstance>(Self.size(nodes), numaNode: nil)
        defer { pair.free() }
        var (done, refused, nearlyFull, takenBack) = (0, 0, 0, 0)
        while done < Self.operations {
            var next = state
            let (steps, operations) = next.change(&random, isFull: state.nodeCount > nodes - 8)
            done += operations
            let place: Comment = "seed \(seed), \(done) operations"
            let needed = next.nodeCount
            let grows = UInt8.random(in: 0..<64, using: &random) == 0
            let room = grows ? nodes + 8 : nodes
            let isTakenBack = UInt8.random(in: 0..<4, using: &random) == 0
            let old = state
            do {
                try pair.swap(steps, newSize: grows ? Self.size(room) : nil)
                try #require(needed <= room, place)
                if isTakenBack {
                    try Self.expect(pair.live, next, &random, place)
                    pair.swapBack()
                    takenBack += 1
                } else {
                    state = next
                    nodes = room
                    // Workers may still read what was in force before.
                    try Self.expect(try #require(pair.spare), old, &random, place)
                }
            } catch FIBFailure.tooManyNodes(let count, room: let given) {
                try #require((count, given) == (needed, room) && needed > room, place)
                refused += 1
            }
            if needed > room - 16, needed <= room { nearlyFull += 1 }
            pair.catchUp()
            try Self.expect(pair.live, state, &random, place)
            if let spare = pair.spare { try Self.expect(spare, state, &random, place) }
        }
        #expect(refused > 1 && nearlyFull > 5 && takenBack > 5)
        // Nothing is left of all that once it is deleted, and every node is free again.
        try pair.swap(
            state.sorted.map { FIBStep(key: $0, before: state.values[$0] ?? 0, after: 0) })
        pair.catchUp()
        // Each has a node of its own in the root's entry.
        try pair.swap(
            (0..<nodes).map {
                FIBStep(key: IPv6PrefixKey(UInt128($0) << 112, 17), before: 0, after: 1)
            })
        pair.catchUp()
        #expect(throws: FIBFailure.self) {
            try pair.swap([FIBStep(key: IPv6PrefixKey(.max, 128), before: 0, after: 1)])
        }
        for fib in [pair.live, try #require(pair.spare)] {
            #expect(fib.lookUp(IPv6Address(high: 0, low: 0)) == 1)
            #expect(fib.lookUp(IPv6Address(high: .max, low: .max)) == 0)
        }
    }

    private static func size(_ nodes: Int) throws -> Plan.TrieTable {
        let port = Configuration.Port(name: "p", device: try .init("vdev:net_null0"))
        var configuration = Configuration(
            path: "f.yaml", forward: .route, workers: .count(1), ports: [port], crossConnects: [])
        configuration.memory.routes = nodes
        return Plan.TrieTable(configuration)
    }

    /// Look-ups at random, and at both sides of both ends of prefixes.
    private static func expect(
        _ fib: TrieFIB, _ state: PrefixList, _ random: inout SeededGenerator, _ place: Comment
    ) throws {
        var addresses: [UInt128] = [0, .max]
        let keys = state.sorted
        let lengths = Set(keys.map(\.length)).sorted(by: >)
        for _ in 0..<12 {
            addresses.append(PrefixList.address(&random))
            guard let key = keys.randomElement(using: &random) else { continue }
            addresses += [
                key.address, key.lastAddress, key.address &- 1, key.lastAddress &+ 1,
            ]
        }
        for bits in addresses {
            let address = IPv6PrefixKey.ipAddress(bits)
            let found = fib.lookUp(IPv6Address(high: address.high, low: address.low))
            try #require(found == state.lookUp(bits, lengths), place)
        }
    }
}

/// What is in the table.
private struct PrefixList {
    private(set) var values: [IPv6PrefixKey: UInt16] = [:]

    var sorted: [IPv6PrefixKey] { values.keys.sorted() }

    /// - Parameter lengths: that prefixes have, the longest first.
    func lookUp(_ address: UInt128, _ lengths: [Int]) -> UInt16 {
        for length in lengths {
            if let value = values[IPv6PrefixKey(address, length)] { return value }
        }
        return 0
    }

    /// Prefixes of 16, 24, … bits in which longer ones lie.
    var nodeCount: Int {
        var nodes: Set<IPv6PrefixKey> = []
        for key in values.keys {
            for length in stride(from: 16, to: key.length, by: 8) {
                nodes.insert(IPv6PrefixKey(key.address, length))
            }
        }
        return nodes.count
    }

    mutating func change(
        _ random: inout SeededGenerator, isFull: Bool
    ) -> ([FIBStep<IPv6PrefixKey>], operations: Int) {
        var before: [IPv6PrefixKey: UInt16] = [:]
        let operations = Int.random(in: 1...60, using: &random)
        var known = sorted
        for _ in 0..<operations {
            let deletes = UInt8.random(in: 0..<16, using: &random) < (isFull ? 10 : 2)
            if deletes, !known.isEmpty {
                let key = known.remove(at: Int.random(in: 0..<known.count, using: &random))
                if before[key] == nil { before[key] = values[key] ?? 0 }
                values[key] = nil
            } else {
                let key = IPv6PrefixKey(Self.address(&random), Self.length(&random))
                if before[key] == nil { before[key] = values[key] ?? 0 }
                values[key] = UInt16.random(in: 1...4, using: &random)
            }
        }
        let steps = before.map { FIBStep(key: $0, before: $1, after: values[$0] ?? 0) }
            .filter { $0.before != $0.after }.sorted { $0.key < $1.key }
        return (steps, operations)
    }

    private static func length(_ random: inout SeededGenerator) -> Int {
        switch UInt8.random(in: 0..<8, using: &random) {
        case 0: Int.random(in: 0...128, using: &random)
        case 1: Int.random(in: 0...16, using: &random)
        case 2: [16, 24, 32, 40, 48, 56, 64, 128][Int.random(in: 0..<8, using: &random)]
        default: Int.random(in: 41...64, using: &random)
        }
    }

    /// Mostly in a few networks, where prefixes nest; some at either end of all addresses.
    static func address(_ random: inout SeededGenerator) -> UInt128 {
        let bits = UInt128.random(in: 0...UInt128.max, using: &random)
        return switch UInt8.random(in: 0..<16, using: &random) {
        case 0: bits
        case 1: bits & 0x3ff
        case 2: ~(bits & 0x3ff)
        case 3: UInt128(0x2001_0db8) << 96 | bits & 0xff
        default:
            UInt128(0x2001_0db8) << 96 | UInt128(Int.random(in: 0..<12, using: &random)) << 80
                | (bits & 0xff0f) << 64 | bits >> 112
        }
    }
}
