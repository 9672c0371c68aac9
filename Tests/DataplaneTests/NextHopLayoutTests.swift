// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Entries that stand for others: groups of any size, ranked ones, and those that a next hop on no network leads through.
struct NextHopLayoutTests {
    private static func key(_ number: UInt16) -> NeighbourKey {
        NeighbourKey(interface: number, address: IPv4Address(rawValue: UInt32(number)))
    }

    /// Entries 1 to `count` are hosts behind interfaces of their own.
    private static func table(_ count: UInt16) -> NextHopTable {
        var table = NextHopTable()
        for number in 1...count {
            _ = table.add(.unresolved(port: number % 32, interface: number), of: key(number))
        }
        return table
    }

    private static func slots(_ table: NextHopTable, _ number: UInt16?) -> [UInt16] {
        let number = number ?? 0
        return table.slots(ofGroup: Int(number)).map(Array.init) ?? [number]
    }

    @Test("of ranked entries the first counts by which something leaves")
    func ranks() {
        var table = Self.table(3)
        let ranked = table.addRanked([1, 2, 3].map { .init(entry: $0, tracksNeighbours: false) })
        #expect(Self.slots(table.laidOut(), ranked) == [1])
        #expect(Self.slots(table.laidOut(linksDown: [1]), ranked) == [2])
        #expect(Self.slots(table.laidOut(linksDown: [1, 2]), ranked) == [3])
        // Where none is left, packets are dropped as the first one's are.
        let none = table.laidOut(linksDown: [1, 2, 3])
        #expect(Self.slots(none, ranked) == [1])
        #expect(none.reason(of: 1) == .linkDown)
        // A host that does not answer counts for who tracks it alone.
        #expect(Self.slots(table.laidOut(lost: [Self.key(1)]), ranked) == [1])
    }

    @Test(
        "a tracked host that does not answer leaves: of ranked entries, and of groups that are ranked"
    )
    func tracking() {
        var table = Self.table(4)
        let group = table.addGroup([(1, 1), (2, 3)]) ?? 0
        let ranked = table.addRanked([
            .init(entry: group, tracksNeighbours: true), .init(entry: 3, tracksNeighbours: true),
            .init(entry: 4, tracksNeighbours: false),
        ])
        #expect(table.trackedHosts == [Self.key(1), Self.key(2), Self.key(3)])
        #expect(Self.slots(table.laidOut(), ranked) == [1, 2, 2, 2])
        let one = table.laidOut(lost: [Self.key(2)])
        #expect(Set(Self.slots(one, ranked)) == [1])
        // Who names the group without tracking keeps both.
        #expect(Self.slots(one, group) == [1, 2, 2, 2])
        let both = table.laidOut(lost: [Self.key(1), Self.key(2)])
        #expect(Self.slots(both, ranked) == [3])
        #expect(Self.slots(table.laidOut(linksDown: [1, 2], lost: [Self.key(3)]), ranked) == [4])
        #expect(table.laidOut().mayLead(ranked ?? 0, to: 3) && !table.mayLead(group, to: 1))
    }

    @Test("an entry may stand for one that comes behind it, or for one that stands for others")
    func chains() {
        var table = Self.table(3)
        let first = table.addRanked([.init(entry: 6, tracksNeighbours: false)]) ?? 0
        let group = table.addGroup([(first, 1), (3, 1)]) ?? 0
        let pair = table.addGroup([(1, 1), (2, 2)]) ?? 0
        #expect(pair == 6)
        let laidOut = table.laidOut()
        #expect(Self.slots(laidOut, first) == [1, 2, 2])
        // Half of the flows go by 3, a sixth by 1.
        #expect(Self.slots(laidOut, group) == [1, 2, 2, 3, 3, 3])
        let down = table.laidOut(linksDown: [2])
        #expect(Self.slots(down, first).allSatisfy { $0 == 1 })
        #expect(Set(Self.slots(down, group)) == [1, 3])
        #expect(laidOut.leaves(of: group) == [1, 2, 3])
        #expect(laidOut.leads(group, by: first) && !laidOut.leads(first, by: 3))
    }

    @Test("whoever goes round in a circle leads nowhere, and the others are what they were")
    func circles() {
        var table = Self.table(1)
        let first = table.addRanked([.init(entry: 3, tracksNeighbours: false)]) ?? 0
        let second = table.addRanked([.init(entry: first, tracksNeighbours: false)]) ?? 0
        let group = table.addGroup([(1, 1), (second, 1)]) ?? 0
        let selfish = table.addRanked([.init(entry: 5, tracksNeighbours: false)]) ?? 0
        let spared = table.addRanked([
            .init(entry: second, tracksNeighbours: false), .init(entry: 1, tracksNeighbours: false),
        ])
        let laidOut = table.laidOut()
        for number in [first, second, selfish] {
            let leaf = Self.slots(laidOut, number)[0]
            #expect(laidOut.reason(of: leaf) == .nextHopUnresolved)
        }
        #expect(Set(Self.slots(laidOut, group)) == [1])
        #expect(Self.slots(laidOut, spared) == [1])
    }

    @Test(
        "a next hop is not reached by what leads to another VRF, where packets themselves are looked up"
    )
    func tables() {
        var table = Self.table(1)
        let vrf = table.add(.table(7)) ?? 0
        let ranked =
            table.addRanked([
                .init(entry: 1, tracksNeighbours: false),
                .init(entry: vrf, tracksNeighbours: false),
            ]) ?? 0
        let remote = table.addRemote(through: ranked) ?? 0
        let group = table.addGroup([(1, 1), (remote, 1)])
        #expect(Self.slots(table.laidOut(), remote) == [1])
        let down = table.laidOut(linksDown: [1])
        #expect(down.entries[Int(ranked)].kind == .table)
        #expect(down.reason(of: remote) == .nextHopUnresolved)
        #expect(!Self.slots(down, group).contains(vrf))
    }

    @Test("of 256 next hops one goes: no flow of the others moves, and its own spread over them")
    func largest() {
        var table = Self.table(256)
        let group = table.addGroup((1...256).map { ($0, 1) }) ?? 0
        let ranked = table.addRanked([.init(entry: group, tracksNeighbours: true)]) ?? 0
        let before = Self.slots(table.laidOut(), ranked)
        let after = Self.slots(table.laidOut(lost: [Self.key(77)]), ranked)
        #expect(before.count == 256)
        var heirs: [UInt16: Int] = [:]
        var hash: UInt32 = 1
        for _ in 0..<100_000 {
            hash = hash &* 1_664_525 &+ 1_013_904_223
            let old = before[RouteChoice.slot(of: hash, among: before.count)]
            let new = after[RouteChoice.slot(of: hash, among: after.count)]
            if old == 77 {
                heirs[new, default: 0] += 1
            } else if old != new {
                Issue.record("a flow of \(old) moved to \(new)")
            }
        }
        #expect(heirs[77] == nil && heirs.count == 16)
    }

    @Test("groups of groups are exact while there is room, else nearly so")
    func nested() {
        var table = Self.table(200)
        let large = table.addGroup((1...97).map { ($0, 1) }) ?? 0
        let other = table.addGroup((100...188).map { ($0, 1) }) ?? 0
        let alias = table.addRanked([.init(entry: large, tracksNeighbours: false)]) ?? 0
        let second = table.addRanked([.init(entry: other, tracksNeighbours: false)]) ?? 0
        let group = table.addGroup([(alias, 3), (second, 1)])
        let slots = Self.slots(table.laidOut(), group)
        #expect(slots.count <= 1_024)
        let share = Double(slots.count { $0 <= 97 }) / Double(slots.count)
        #expect(abs(share - 0.75) < 0.01)
        #expect(Set(slots).count == 97 + 89)
    }
}
