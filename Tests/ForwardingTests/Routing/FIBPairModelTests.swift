// SPDX-License-Identifier: Apache-2.0

import Dataplane
import EALSupport
import FreewayConfiguration
import TestSupport
import Testing

@testable import Forwarding

/// The two instances of the forwarding table, held to a plain table through hundreds of changes while about as
/// many /24 networks are split as there are groups.
@Suite(.usesEAL) struct FIBPairModelTests {
    private static let operations = 16_000

    @Test(
        "16,000 random changes of a nearly full table leave both instances as a plain table has them",
        arguments: [1, 2, 3, 4] as [UInt64])
    func randomChanges(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var state = State()
        var groups = 256
        var pair = try FIBPair<FIBInstance>(Self.size(groups), numaNode: nil)
        defer { pair.free() }
        var (done, refused, nearlyFull, takenBack) = (0, 0, 0, 0)
        while done < Self.operations {
            var next = state
            let steps = next.change(&random, isFull: next.splitNetworks > groups - 4)
            done += next.operations
            let place: Comment = "seed \(seed), \(done) operations"
            let needed = next.splitNetworks
            let old = state
            // A reload may want more room, and may be taken back when a device refuses.
            let grows = UInt8.random(in: 0..<64, using: &random) == 0
            let isTakenBack = UInt8.random(in: 0..<4, using: &random) == 0
            let room = grows ? groups + 8 : groups
            do {
                try pair.swap(steps, newSize: grows ? Self.size(room) : nil)
                try #require(needed <= room, place)
                if isTakenBack {
                    try Self.expect(pair.live, next, &random, place)
                    pair.swapBack()
                    takenBack += 1
                } else {
                    state = next
                    groups = room
                    // Workers may still read what was in force before.
                    try Self.expect(try #require(pair.spare), old, &random, place)
                }
            } catch FIBFailure.tooManySplitNetworks(let count, room: let given) {
                try #require((count, given) == (needed, room) && needed > room, place)
                refused += 1
            }
            if needed > room - 8, needed <= room { nearlyFull += 1 }
            pair.catchUp()
            try Self.expect(pair.live, state, &random, place)
            if let spare = pair.spare { try Self.expect(spare, state, &random, place) }
        }
        // The table was as full as it gets, and fuller.
        #expect(refused > 3 && nearlyFull > 5 && takenBack > 3)
        // Then nothing is left of all that once it is deleted, and every group is free again.
        try pair.swap(
            state.known.sorted().map {
                FIBStep<PrefixKey>(key: $0, before: state.value($0), after: 0)
            })
        pair.catchUp()
        let full = (0..<groups).map {
            FIBStep<PrefixKey>(key: PrefixKey(UInt32($0) << 8, 25), before: 0, after: 1)
        }
        try pair.swap(full)
        pair.catchUp()
        #expect(throws: FIBFailure.self) {
            try pair.swap([FIBStep<PrefixKey>(key: PrefixKey(0xffff_ffff, 32), before: 0, after: 1)]
            )
        }
        for fib in [pair.live, try #require(pair.spare)] {
            #expect(fib.lookUp(0) == 1 && fib.lookUp(128) == 0 && fib.lookUp(.max) == 0)
        }
    }

    private static func size(_ groups: Int) throws -> Plan.ForwardingTable {
        let port = Configuration.Port(name: "p", device: try .init("vdev:net_null0"))
        var configuration = Configuration(
            path: "f.yaml", forward: .route, workers: .count(1), ports: [port], crossConnects: [])
        configuration.memory.routes = groups
        return Plan.ForwardingTable(configuration)
    }

    /// Look-ups at random, and at both sides of both ends of prefixes.
    private static func expect(
        _ fib: FIB, _ state: State, _ random: inout SeededGenerator, _ place: Comment
    ) throws {
        var addresses = [0, UInt32.max]
        for _ in 0..<60 {
            addresses.append(State.address(&random))
            guard let key = state.known.randomElement(using: &random) else { continue }
            addresses += [
                key.address, key.lastAddress, key.address &- 1, key.lastAddress &+ 1,
            ]
        }
        for address in addresses {
            try #require(fib.lookUp(address) == state.table.lookUp(address), place)
        }
    }
}

/// What is in the table.
private struct State {
    var table = ReferenceTable()
    private(set) var known: [PrefixKey] = []
    private var places: [PrefixKey: Int] = [:]
    private(set) var operations = 0
    private(set) var splitNetworks = 0

    func value(_ key: PrefixKey) -> UInt16 { table.value(key.address, key.length) ?? 0 }

    /// Adds, replaces and deletes, more of this or that as it takes to keep as many networks split as there are groups.
    mutating func change(_ random: inout SeededGenerator, isFull: Bool) -> [FIBStep<PrefixKey>] {
        var before: [PrefixKey: UInt16] = [:]
        // Some are as large as a reload's.
        let most = UInt8.random(in: 0..<16, using: &random) == 0 ? 4_000 : 600
        operations = Int.random(in: 1...most, using: &random)
        for _ in 0..<operations {
            let deletes = UInt8.random(in: 0..<16, using: &random) < (isFull ? 9 : 6)
            if deletes, let key = known.randomElement(using: &random) {
                if before[key] == nil { before[key] = value(key) }
                forget(key)
            } else {
                let key = PrefixKey(Self.address(&random), Self.length(&random))
                if before[key] == nil { before[key] = value(key) }
                keep(key, UInt16.random(in: 1...4, using: &random))
            }
        }
        splitNetworks = table.splitNetworkCount
        return before.map { FIBStep<PrefixKey>(key: $0, before: $1, after: value($0)) }
            .filter { $0.before != $0.after }.sorted { $0.key < $1.key }
    }

    private mutating func keep(_ key: PrefixKey, _ value: UInt16) {
        table.add(key.address, key.length, value)
        guard places[key] == nil else { return }
        places[key] = known.count
        known.append(key)
    }

    private mutating func forget(_ key: PrefixKey) {
        table.remove(key.address, key.length)
        guard let place = places.removeValue(forKey: key) else { return }
        known.swapAt(place, known.count - 1)
        known.removeLast()
        if place < known.count { places[known[place]] = place }
    }

    private static func length(_ random: inout SeededGenerator) -> Int {
        UInt8.random(in: 0..<4, using: &random) == 0
            ? Int.random(in: 0...24, using: &random) : Int.random(in: 25...32, using: &random)
    }

    /// Mostly in 300 networks of 10.0.0.0/15, where prefixes nest; some at either end of all addresses.
    static func address(_ random: inout SeededGenerator) -> UInt32 {
        let bits = UInt32.random(in: 0...UInt32.max, using: &random)
        return switch UInt8.random(in: 0..<32, using: &random) {
        case 0: bits
        case 1: bits & 0x3ff
        case 2: ~(bits & 0x3ff)
        default: 0x0a00_0000 | UInt32.random(in: 0..<300, using: &random) << 8 | bits & 0xff
        }
    }
}
