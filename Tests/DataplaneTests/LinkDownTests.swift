// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Ports whose link is down: nothing comes in or goes out by them, and groups do without them.
@Suite(.usesEAL) struct LinkDownTests {
    /// Entries 1 to 4 are behind ports 1 to 4, then come groups.
    private static func table(_ groups: [[(entry: UInt16, weight: Int)]]) -> NextHopTable {
        var table = NextHopTable()
        for port in 1...4 {
            _ = table.add(
                .forward(
                    port: UInt16(port), mtu: 1500, destinationMAC: Address.neighbour,
                    sourceMAC: Address.right))
        }
        for group in groups { _ = table.addGroup(group) }
        return table
    }

    @Test func givenNoLinkThatIsDownTheTableIsTheSame() {
        let table = Self.table([[(1, 1), (2, 1)]])
        let same = table.laidOut(linksDown: [])
        #expect(same.members == table.members)
        #expect(same.entries.map(\.kind) == table.entries.map(\.kind))
        // A port that nothing leaves by.
        #expect(table.laidOut(linksDown: [9]).members == table.members)
    }

    /// The forwarding table names entries by number: each must stay where it is.
    @Test func givenALinkThatIsDownItsEntriesDropAndTheOthersStay() {
        var table = Self.table([[(1, 1), (2, 1)]])
        _ = table.add(.unresolved(port: 2))
        _ = table.add(.drop(.blackhole))
        let down = table.laidOut(linksDown: [2])
        #expect(
            down.entries.map(\.kind)
                == [.drop, .forward, .drop, .forward, .forward, .group, .drop, .drop])
        #expect(
            [0, 2, 6, 7].map { down.entries[$0].reason }
                == [.noRoute, .linkDown, .linkDown, .blackhole])
        #expect(down.entries[2].port == 2)
    }

    /// Over [1, 2, 3], each with a third of the hashes: 1 and 3 keep theirs, and share the second.
    @Test func givenAGroupTheMembersThatAreUpKeepTheirPlaces() {
        let down = Self.table([[(1, 1), (2, 1), (3, 1)]]).laidOut(linksDown: [2])
        #expect(down.members == [1, 1, 1, 3, 3, 3])
        #expect(down.entries[5].memberCount == 6)
    }

    /// What the member with weight 2 leaves goes to weights 1 and 3.
    @Test func givenWeightsTheOthersShareByThem() {
        let down = Self.table([[(1, 1), (2, 2), (3, 3)]]).laidOut(linksDown: [2])
        #expect(
            down.members
                == [1, 1, 1, 1] + [1, 3, 3, 3] + [1, 3, 3, 3] + [UInt16](repeating: 3, count: 12))
        #expect(down.members.count { $0 == 1 } * 3 == down.members.count { $0 == 3 })
    }

    @Test func givenAGroupAndNoMemberThatIsUpAllAreDropped() {
        let down = Self.table([[(1, 1), (2, 1)]]).laidOut(linksDown: [1, 2])
        #expect(down.members == [1, 2])
        #expect([1, 2].allSatisfy { down.entries[$0].reason == .linkDown })
    }

    /// 511 × 256 slots would be too many: each is split into eight.
    @Test func givenManySlotsNoneOfTheOthersMoves() {
        let table = Self.table([[(1, 255), (2, 128), (3, 128)]])
        let down = table.laidOut(linksDown: [1])
        #expect(down.entries[5].memberCount == 511 * 8)
        for (index, slot) in down.members.enumerated() where table.members[index / 8] != 1 {
            #expect(slot == table.members[index / 8])
        }
        #expect(!down.members.contains(1))
        let counts = [2, 3].map { number in down.members.count { $0 == number } }
        #expect(abs(counts[0] - counts[1]) <= 8)
    }

    /// Two groups: the second one's slots lie behind the first one's, however many these are now.
    @Test func givenSeveralGroupsEachHasItsOwnSlots() {
        let down = Self.table([[(1, 1), (2, 1), (3, 1)], [(3, 1), (4, 1)], [(2, 1), (4, 1)]])
            .laidOut(linksDown: [2])
        #expect(down.members == [1, 1, 1, 3, 3, 3] + [3, 4] + [4, 4])
        #expect(down.entries[5...].map(\.firstMember) == [0, 6, 8])
        #expect(down.entries[5...].map(\.memberCount) == [6, 2, 2])
    }

    /// Whatever a frame is: a device whose link is down receives none.
    @Test(arguments: [false, true])
    func givenAFrameByAPortThatIsDownItIsDroppedFirst(isHandedOff: Bool) throws {
        let snapshot = Snapshot(ports: [
            0: PortEntry(address: Address.own, admitsAny: true, isLinkUp: false),
            1: PortEntry(address: Address.own, admitsAny: true),
        ])
        let bench = try StageBench(snapshot, stages: [.admit])
        let frames = [Frames.ipv4(), [], [1, 2, 3], [UInt8](repeating: 255, count: 60)]
        let seen = try bench.run(frames, from: 0, isHandedOff: isHandedOff)
        #expect(
            seen.drops
                == [RecordingObserver.Drop](
                    repeating: .init(stage: .admit, reason: .linkDown), count: 4))
        #expect(bench.tallies.balances)
        try bench.run([Frames.ipv4()], from: 1, isHandedOff: isHandedOff)
        #expect(bench.drops == [.linkDown: 4])
    }

    @Test(arguments: [false, true])
    func givenACrossConnectNeitherSideOfADownLinkPasses(isHandedOff: Bool) throws {
        let snapshot = Snapshot(ports: [
            0: PortEntry(address: Address.own, admitsAny: true, peer: 1, isPeerUp: false),
            1: PortEntry(address: Address.own, admitsAny: true, peer: 0, isLinkUp: false),
            2: PortEntry(address: Address.own, admitsAny: true),
            3: PortEntry(address: Address.own, admitsAny: true, isLinkUp: false),
        ])
        let bench = try StageBench(snapshot, stages: [.crossConnect])
        for (port, reason) in [
            (0, DropReason.linkDown), (1, .linkDown), (2, .notConnected), (3, .linkDown),
        ] {
            let seen = try bench.run([[1]], from: UInt16(port), isHandedOff: isHandedOff)
            #expect(seen.drops.map(\.reason) == [reason])
            #expect(seen.sends.isEmpty)
        }
        #expect(bench.tallies.balances)
    }

    /// A change of a link makes another snapshot over the same forwarding table, which must go once, and
    /// last.
    @Test func givenSnapshotsThatShareATableItGoesWithTheLast() throws {
        let name = TestEnvironment.uniqueName("shared")
        func table() throws -> FIB {
            try FIB(name: name, groups: 4, numaNode: nil)
        }
        let fib = try table()
        let publication = try Publication(Snapshot(ports: [:], fib: fib), workers: 1)
        publication.publish(Snapshot(ports: [:], fib: fib))
        publication.publish(Snapshot(ports: [:], fib: fib))
        #expect(publication.reclaim() == 0)
        // The name is still taken: the table is there.
        #expect(throws: DPDKError.self) { try table() }
        publication.publish(Snapshot(ports: [:]))
        #expect(publication.reclaim() == 0)
        let again = try table()
        publication.publish(Snapshot(ports: [:], fib: again))
        publication.publish(Snapshot(ports: [:], fib: again))
        publication.free()
        try table().free()
    }

    /// A worker that still reads the first of three keeps the table of all.
    @Test func givenAWorkerThatReadsAnOldSnapshotItsTableStays() throws {
        let name = TestEnvironment.uniqueName("shared")
        func table() throws -> FIB {
            try FIB(name: name, groups: 4, numaNode: nil)
        }
        let fib = try table()
        fib.paint(address: 0x0a00_0000, length: 8, value: 3)
        let publication = try Publication(Snapshot(ports: [:], fib: fib), workers: 1)
        defer { publication.free() }
        let reader = publication.reader(index: 0)
        reader.quiescence.enter(reader: 0)
        let old = reader.snapshot
        publication.publish(Snapshot(ports: [:], fib: fib))
        publication.publish(Snapshot(ports: [:]))
        #expect(publication.reclaim() == 2)
        #expect(old.pointee.fib?.lookUp(0x0a01_0203) == 3)
        reader.quiescence.report(reader: 0)
        #expect(publication.reclaim() == 0)
        try table().free()
        reader.quiescence.leave(reader: 0)
    }
}
