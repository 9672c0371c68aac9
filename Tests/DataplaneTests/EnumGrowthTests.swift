// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dataplane

/// Boards are as large as the enums say: one more reason or stage has room of its own, and takes none from
/// anything else.
@Suite struct EnumGrowthTests {
    @Test func oneMoreReasonIsCountedBesideAllOthers() throws {
        let reasons = DropReason.allCases.count + 1
        let count = Tallies.Slot.count(reasons: reasons)
        let tallies = Tallies(count: count)
        defer { tallies.free() }
        let board = TallyBoard(count: count)
        // Each word gets a number of its own.
        for slot in 0..<count { tallies.add(slot, slot + 1) }
        board.writer.publish(tallies)
        let set = board.read()
        let last = Tallies.Slot.drops + 2 * (reasons - 1)
        #expect(last + 1 == count - 1)
        #expect(set.words(last..<count) == [UInt64(last + 1), UInt64(last + 2)])
        for reason in DropReason.allCases {
            let slot = Tallies.Slot.drops + 2 * Int(reason.rawValue)
            #expect(
                set.dropped(reason) == .init(frames: UInt64(slot + 1), bytes: UInt64(slot + 2)))
        }
        let ports = Tallies.Slot.ports + Tallies.Slot.wordsPerPort * 31
        #expect(
            set.received(port: 31) == .init(frames: UInt64(ports + 1), bytes: UInt64(ports + 2)))
    }

    @Test func everyReasonAndStageHasItsOwnPlace() {
        #expect(DropReason.allCases.map { Int($0.rawValue) } == Array(DropReason.allCases.indices))
        #expect(Stage.allCases.map { Int($0.rawValue) } == Array(Stage.allCases.indices))
        #expect(RoundPart.allCases.map(\.index) == Array(RoundPart.allCases.indices))
    }

    @Test func oneMorePartOfARoundIsAddedUpBesideAllOthers() {
        let parts = RoundPart.allCases.count + 1
        let board = CycleBoard(partCount: parts)
        defer { board.free() }
        for _ in 0..<3 {
            board.beginRound()
            for index in 0..<parts { board.add(UInt64(index + 1), toCurrent: index) }
            board.endRound(64)
        }
        let cycles = board.read()
        for part in RoundPart.allCases { #expect(cycles.ticks(part) == 3 * UInt64(part.index + 1)) }
        #expect(cycles.frames == 192)
        #expect(cycles.rounds == 3)
    }
}
