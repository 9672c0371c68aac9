// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dataplane

/// The next hops of a snapshot, while it is built.
@Suite struct NextHopTableTests {
    @Test func givenANewTableItsFirstEntryIsForAddressesWithoutRoute() {
        let table = NextHopTable()
        #expect(table.entries.count == 1)
        #expect(table.entries[0].kind == .drop)
        #expect(table.entries[0].reason == .noRoute)
    }

    @Test func givenAFullTableItTakesNoMore() {
        var table = NextHopTable()
        for expected in 1...32_767 {
            guard table.add(.drop(.blackhole)) == UInt16(expected) else {
                Issue.record("entry \(expected) has another index")
                return
            }
        }
        #expect(table.add(.drop(.blackhole)) == nil)
        #expect(table.addGroup([(1, 1)]) == nil)
        #expect(table.entries.count == 32_768)
        #expect(table.members.isEmpty)
    }

    @Test(
        arguments: [
            ([4, 2], [1, 1, 2]), ([100, 100], [1, 2]), ([3, 2], [1, 1, 1, 2, 2]), ([65_535], [1]),
            ([2_000_000_000, 1_000_000_000], [1, 1, 2]),
        ] as [([Int], [UInt16])])
    func givenWeightsTheyAreReducedByTheirDivisor(weights: [Int], slots: [UInt16]) {
        var table = NextHopTable()
        let members = weights.enumerated().map { (UInt16($0.offset + 1), $0.element) }
        let group = table.addGroup(members)
        #expect(group == 1)
        #expect(table.members == slots)
        #expect(table.entries[1].memberCount == UInt16(slots.count))
        #expect(NextHopTable.slotCount(weights: weights) == slots.count)
        #expect(table.slots(ofGroup: 1).map(Array.init) == slots)
        #expect(table.slots(ofGroup: 0) == nil && table.slots(ofGroup: 2) == nil)
    }

    @Test func givenASecondGroupItsSlotsLieBehindTheFirstOnes() {
        var table = NextHopTable()
        _ = table.addGroup([(7, 1), (8, 1)])
        let second = table.addGroup([(9, 1)])
        #expect(second == 2)
        #expect(table.entries[2].firstMember == 2)
        #expect(table.members == [7, 8, 9])
    }

    @Test(arguments: [[], [0], [0, 0], [65_535, 1], [1_000_000_007, 1]] as [[Int]])
    func givenNoOrTooManySlotsThereIsNoGroup(weights: [Int]) {
        var table = NextHopTable()
        let members = weights.map { (UInt16(1), $0) }
        #expect(table.addGroup(members) == nil)
        #expect(table.members.isEmpty)
        #expect(table.entries.count == 1)
    }
}
