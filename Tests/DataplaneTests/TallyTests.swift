// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Dataplane

/// Counters: one writer, any readers, and an equation that always holds.
@Suite struct TallyTests {
    @Test(arguments: DropReason.allCases) func givenADropItsReasonAloneCounts(reason: DropReason) {
        let tallies = Tallies()
        defer { tallies.free() }
        tallies.drop(reason, bytes: 60)
        tallies.drop(reason, bytes: 40)
        let set = published(tallies)
        #expect(set.dropped(reason) == .init(frames: 2, bytes: 100))
        #expect(set.droppedFrames == 2)
        #expect(set.received.frames == 0)
        #expect(set.transmitted.frames == 0)
    }

    @Test(arguments: [0, 1, 31] as [UInt16])
    func givenAPortItsFramesAndBytesAloneCount(port: UInt16) {
        let tallies = Tallies()
        defer { tallies.free() }
        tallies.received(port: port, frames: 3, bytes: 180)
        tallies.transmitted(port: port, frames: 2, bytes: 120)
        let set = published(tallies)
        #expect(set.received(port: port) == .init(frames: 3, bytes: 180))
        #expect(set.transmitted(port: port) == .init(frames: 2, bytes: 120))
        #expect(set.received == .init(frames: 3, bytes: 180))
        #expect(set.transmitted == .init(frames: 2, bytes: 120))
        #expect(set.droppedFrames == 0)
    }

    /// Each term of the ledger by itself: 1 more on one side and not on the other does not balance.
    @Test(arguments: [
        Tallies.Slot.ports, Tallies.Slot.ports + 2, Tallies.Slot.generated, Tallies.Slot.copied,
        Tallies.Slot.punted, Tallies.Slot.consumed, Tallies.Slot.inTransit, Tallies.Slot.parked,
        Tallies.Slot.rxHandedOff, Tallies.Slot.rxTaken, Tallies.Slot.txHandedOff,
        Tallies.Slot.txTaken, Tallies.Slot.drops,
    ])
    func givenOneTermTooManyTheLedgerDoesNotBalance(slot: Int) {
        let tallies = Tallies()
        defer { tallies.free() }
        tallies.received(port: 2, frames: 5, bytes: 5)
        tallies.transmitted(port: 3, frames: 4, bytes: 4)
        tallies.drop(.noRoute, bytes: 1)
        #expect(published(tallies).balances)
        tallies.add(slot, 1)
        #expect(!published(tallies).balances)
    }

    @Test func givenTwoWorkersWhatOneHandedAndTheOtherTookIsNotInFlight() {
        let (first, second) = (Tallies(), Tallies())
        defer {
            first.free()
            second.free()
        }
        first.received(port: 0, frames: 10, bytes: 600)
        first.add(Tallies.Slot.rxHandedOff, 10)
        second.add(Tallies.Slot.rxTaken, 7)
        second.add(Tallies.Slot.txHandedOff, 7)
        first.add(Tallies.Slot.txTaken, 5)
        first.transmitted(port: 1, frames: 5, bytes: 300)
        let sum = published(first) + published(second)
        #expect(published(first).balances)
        #expect(published(second).balances)
        #expect(sum.balances)
        #expect(sum.inFlight == 5)
    }

    /// A writer that never rests; readers that never see a set of two moments.
    @Test func givenAWriterThatHammersEachSetThatIsReadBalances() {
        let board = TallyBoard()
        let flag = Flag()
        Thread {
            let tallies = Tallies()
            while !flag.isSet.load(ordering: .relaxed) {
                // Rounds of work between two publications, as a worker has them.
                for _ in 0..<256 {
                    tallies.received(port: 0, frames: 3, bytes: 180)
                    tallies.transmitted(port: 31, frames: 2, bytes: 120)
                    tallies.drop(.shutdown, bytes: 60)
                }
                board.writer.publish(tallies)
            }
            tallies.free()
        }.start()
        var (torn, last, advances) = (0, UInt64(0), 0)
        // How often the two change places is the machine's affair.
        let deadline = FairDeadline(after: .seconds(60))
        while advances < 100, !deadline.isOver {
            let set = board.read()
            let isWhole =
                set.balances && set.received.bytes == 60 * set.received.frames
                && set.dropped(.shutdown).frames * 3 == set.received.frames
            if !isWhole || set.received.frames < last { torn += 1 }
            if set.received.frames > last { advances += 1 }
            last = set.received.frames
        }
        flag.isSet.store(true, ordering: .relaxed)
        #expect(torn == 0)
        #expect(advances == 100)
    }

    /// As when the kernel takes the CPU away from a worker in the middle of publishing.
    @Test(.timeLimit(.minutes(30)))
    func givenAWriterThatStopsWhileItPublishesReadersGetTheLastSetThatWasRead() {
        let tallies = Tallies()
        defer { tallies.free() }
        let board = TallyBoard()
        tallies.received(port: 0, frames: 3, bytes: 180)
        board.writer.publish(tallies)
        #expect(board.readNewest()?.received.frames == 3)
        board.writer.words[TallyBoard.sequence].wrappingAdd(1, ordering: .relaxed)
        #expect(board.readNewest() == nil)
        #expect(board.read().received == .init(frames: 3, bytes: 180))

        // When it goes on, then the new set is there.
        board.writer.words[TallyBoard.sequence].wrappingSubtract(1, ordering: .relaxed)
        tallies.received(port: 0, frames: 1, bytes: 60)
        board.writer.publish(tallies)
        #expect(board.readNewest()?.received.frames == 4)
        #expect(board.read().received.frames == 4)
    }

    @Test(.timeLimit(.minutes(30)))
    func givenAWriterThatStopsBeforeAnybodyReadAllIsZero() {
        let board = TallyBoard()
        board.writer.words[TallyBoard.sequence].wrappingAdd(1, ordering: .relaxed)
        #expect(board.read().received.frames == 0)
        #expect(board.read().balances)
    }

    /// The first worker hands 10 frames over, is read, and hands 3 more over. The second takes all 13, hands
    /// 3 of its own back, and is read: the sums agree, and 3 frames are on their way.
    @Test func givenFramesThatMoveWhileTheWorkersAreReadNothingIsSettled() {
        let (first, second) = (Tallies(), Tallies())
        defer {
            first.free()
            second.free()
        }
        first.received(port: 0, frames: 13, bytes: 780)
        first.add(Tallies.Slot.rxHandedOff, 10)
        let early = published(first)
        first.add(Tallies.Slot.rxHandedOff, 3)
        second.received(port: 1, frames: 3, bytes: 180)
        second.add(Tallies.Slot.rxTaken, 13)
        second.add(Tallies.Slot.rxHandedOff, 3)
        second.transmitted(port: 1, frames: 13, bytes: 780)
        let (late, other) = (published(first), published(second))
        #expect((early + other).isSettled)
        #expect(TallySet.settled([early, other], then: [late, other]) == nil)
        #expect(TallySet.settled([late, other], then: [late, other]) == nil)

        // When they have arrived too.
        first.add(Tallies.Slot.rxTaken, 3)
        first.transmitted(port: 0, frames: 3, bytes: 180)
        let last = published(first)
        #expect(TallySet.settled([late, other], then: [last, other]) == nil)
        #expect(TallySet.settled([last, other], then: [last, other])?.transmitted.frames == 16)
        // A worker that cannot be read may have moved anything.
        #expect(TallySet.settled([last, nil], then: [last, other]) == nil)
        #expect(TallySet.settled([last, other], then: [nil, other]) == nil)
        // A later moment is no news.
        first.add(Tallies.Slot.ticks, 99)
        #expect(TallySet.settled([last, other], then: [published(first), other]) != nil)
    }

    /// What is on a ring to an owner of a flow and what is missing on one to an owner of a queue do not make up
    /// for each other.
    @Test func givenRingsOfBothKindsEachMustBeEmpty() {
        let tallies = Tallies()
        defer { tallies.free() }
        tallies.add(Tallies.Slot.rxHandedOff, 5)
        tallies.add(Tallies.Slot.txTaken, 5)
        #expect(published(tallies).inFlight == 0)
        #expect(!published(tallies).isSettled)
    }

    private final class Flag: Sendable { let isSet = Atomic(false) }

    private func published(_ tallies: Tallies) -> TallySet {
        let board = TallyBoard()
        board.writer.publish(tallies)
        return board.read()
    }
}
