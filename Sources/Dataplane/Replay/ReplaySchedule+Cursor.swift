// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

extension ReplaySchedule {
    /// Where the reading worker is in the schedule. Worker's thread.
    struct Cursor {
        let runs: UnsafeBufferPointer<Run>
        let times: UnsafeBufferPointer<UInt64>
        let sources: UnsafeBufferPointer<UInt16>
        let pool: Mempool
        let reserve: Int
        let gate: UnsafeMutablePointer<Atomic<Int>>
        /// By how much a round is later than the one before.
        let period: UInt64
        /// Rounds behind the current one.
        var roundsLeft: Int
        /// Nil where nothing waits for the recorded time.
        var pacer: ReplayPace.Pacer?
        /// What the current round adds to the inputs' times.
        var shift: UInt64 = 0
        /// Frames of the rounds before the current one.
        var framesBefore = 0
        /// Frames that may be taken, over all rounds, when the gate was last looked at.
        var released = 0
        var run = 0
        /// Frames of the current run that were read.
        var read = 0
        /// Frames of the current round that were read.
        var frame = 0
        /// Buffers that are surely free.
        var credit = 0
        /// Polls in a row that brought nothing although buffers were free.
        var misses = 0
        var restartFailed = false

        var isExhausted: Bool { run == runs.count && (roundsLeft == 0 || runs.isEmpty) }
        /// A capture that ends before the first pass said so never brings the rest.
        var hasFailed: Bool { misses > 1000 || restartFailed }

        /// Frames that were taken, over all rounds: the place of the next one.
        var place: Int { framesBefore + frame }

        /// Reads what the current run still misses into an empty burst; gives the port, or nil when
        /// nothing came.
        mutating func receive(into burst: inout Burst) -> UInt16? {
            if run == runs.count, !beginNextRound() { return nil }
            let next = runs[run]
            let mbufsPerFrame = Int(next.mbufs) / Int(next.count)
            var limit = dueFrames(min(Int(next.count) - read, releasedFrames()))
            guard limit > 0 else { return nil }
            if credit < limit * mbufsPerFrame {
                credit = pool.availableCount - reserve
                // A part of the run, where the pool cannot hold all of it.
                limit = min(limit, credit / mbufsPerFrame)
                guard limit > 0 else { return nil }
            }
            let received = burst.receive(port: next.port, queue: 0, limit: limit)
            guard received > 0 else {
                misses += 1
                return nil
            }
            misses = 0
            credit -= received * mbufsPerFrame
            for index in 0..<received {
                burst[index].metadata.pointee = PacketMetadata(
                    time: times[frame + index] &+ shift,
                    sequence: UInt64(place + index))
            }
            notePace(received)
            frame += received
            read += received
            if read == Int(next.count) {
                run += 1
                read = 0
            }
            return next.port
        }

        /// Has the devices read their captures from the beginning again: net_pcap opens the file anew
        /// whenever its port starts. Its own endless mode would load all frames into buffers at once.
        /// - Returns: false at the end of the last round, and when a device failed.
        private mutating func beginNextRound() -> Bool {
            guard roundsLeft > 0, !runs.isEmpty, !hasFailed else { return false }
            for port in sources where !Port.restart(port) {
                restartFailed = true
                return false
            }
            roundsLeft -= 1
            shift &+= period
            framesBefore = place
            run = 0
            frame = 0
            return true
        }

        /// How many frames may come in before the next pause.
        private mutating func releasedFrames() -> Int {
            if place >= released {
                released = gate.pointee.load(ordering: .acquiring)
            }
            return released - place
        }

        /// How many of the next frames, up to a limit, are due by now; waits a little when none is.
        private mutating func dueFrames(_ limit: Int) -> Int {
            guard pacer != nil else { return limit }
            var count = 0
            while count < limit {
                let delay = pacer?.delay(until: times[frame + count] &+ shift) ?? 0
                if delay > 0 {
                    if count == 0 { Idle.sleep(forPartOf: delay) }
                    break
                }
                count += 1
            }
            return count
        }

        private mutating func notePace(_ received: Int) {
            guard pacer != nil else { return }
            let now = TimestampCounter.now
            for index in 0..<received { pacer?.note(times[frame + index] &+ shift, at: now) }
        }
    }
}
