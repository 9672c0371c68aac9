// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// Keeps the last frames that a worker dropped, for each reason, in memory that `DropSampleBoard` owns.
/// Worker's thread, and called for frames that are dropped alone.
///
/// Under a flood of drops copying each would cost more than forwarding, and nobody could look at them:
/// a live worker keeps the first few of each reason in some rounds, which take microseconds. A replay
/// keeps all that come, so that what is left is the same however frames are grouped into bursts.
struct DropSampler: BitwiseCopyable, @unchecked Sendable {
    /// The most of one reason that a live worker keeps of one turn.
    static let mostInTurn: UInt64 = 4
    /// A turn is 16 rounds: 2 to the power of this.
    static let turnShift: UInt64 = 4

    /// What the worker notes about a reason. Nobody else reads it.
    struct Ring: BitwiseCopyable {
        var turn: UInt64 = 0
        /// Frames kept in that turn.
        var taken: UInt64 = 0
        /// Frames kept in all.
        var next: UInt64 = 0
    }

    /// A kept frame: 256 bytes, of which the first 64 are these words.
    enum Slot {
        /// Odd while the rest is written, then twice the frame's number plus two.
        static let sequence = 0
        static let time = 1
        /// Length of the frame, kept bytes, stage and port: 32, 8, 8 and 16 bits.
        static let facts = 2
        static let place = 3
        static let bytes = 8
        static let words = bytes + DropSample.snapLength / 8
        static let noStage: UInt8 = 0xff
    }

    let slots: UnsafeMutablePointer<Atomic<UInt64>>
    /// By reason.
    let rings: UnsafeMutablePointer<Ring>
    /// Slots of each reason; at least one.
    let kept: Int
    let mostInTurn: UInt64
    let clock: WorkerClock
    let rounds: RoundCounters

    @inline(__always)
    func offer(_ mbuf: MbufReference, by stage: Stage?, because reason: DropReason) {
        let ring = rings + Int(reason.rawValue)
        let turn = rounds.rounds &>> Self.turnShift
        if ring.pointee.turn != turn {
            ring.pointee.turn = turn
            ring.pointee.taken = 0
        }
        guard ring.pointee.taken < mostInTurn else { return }
        keep(mbuf, stage?.rawValue ?? Slot.noStage, reason)
    }

    /// The bytes are those of the first segment, which is what the stages look at.
    @inline(never)
    private func keep(_ mbuf: MbufReference, _ stage: UInt8, _ reason: DropReason) {
        let ring = rings + Int(reason.rawValue)
        let number = ring.pointee.next
        ring.pointee.next = number &+ 1
        ring.pointee.taken &+= 1
        let position = Int(truncatingIfNeeded: number % UInt64(truncatingIfNeeded: kept))
        let slot = slots + (Int(reason.rawValue) &* kept &+ position) &* Slot.words
        let count = min(mbuf.dataLength, DropSample.snapLength)

        slot[Slot.sequence].store(number &* 2 &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        slot[Slot.time].store(clock.time(of: mbuf), ordering: .relaxed)
        let place = clock.isVirtual ? mbuf.metadata.pointee.sequence : 0
        slot[Slot.place].store(place, ordering: .relaxed)
        slot[Slot.facts].store(
            UInt64(UInt32(truncatingIfNeeded: mbuf.frameLength))
                | UInt64(UInt8(truncatingIfNeeded: count)) &<< 32
                | UInt64(stage) &<< 40 | UInt64(mbuf.port) &<< 48, ordering: .relaxed)
        copy(UnsafeRawPointer(mbuf.data), count, to: slot + Slot.bytes)
        slot[Slot.sequence].store(number &* 2 &+ 2, ordering: .releasing)
    }

    /// Word by word, since a reader may look meanwhile; never reads beyond the bytes.
    private func copy(
        _ bytes: UnsafeRawPointer, _ count: Int, to words: UnsafeMutablePointer<Atomic<UInt64>>
    ) {
        var word = 0
        while word &* 8 &+ 8 <= count {
            words[word].store(
                bytes.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self), ordering: .relaxed)
            word &+= 1
        }
        var last: UInt64 = 0
        var offset = word &* 8
        while offset < count {
            let byte = bytes.load(fromByteOffset: offset, as: UInt8.self)
            last |= UInt64(byte) &<< UInt64(truncatingIfNeeded: 8 &* (offset & 7))
            offset &+= 1
        }
        if offset & 7 != 0 { words[word].store(last.littleEndian, ordering: .relaxed) }
    }
}
