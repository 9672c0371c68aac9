// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// The order in which a replay takes frames from its ports, and the time of each frame.
///
/// Frames enter in the order of their timestamps, then of the ports, then of their numbers in the
/// file; the schedule keeps that as runs of frames of one port. Memory: 8 bytes for each frame and
/// 12 for each run, however often the inputs are played. Immutable once built.
public final class ReplaySchedule: @unchecked Sendable {
    /// Frames that follow each other on one port: at most a burst.
    struct Run {
        let port: UInt16
        let count: UInt16
        /// Buffers that the run takes at most.
        let mbufs: UInt32
    }

    /// The frames of one port, in the order of the file.
    public struct Input: Sendable {
        public let port: UInt16
        /// Nanoseconds since 1970; must not decrease.
        public let times: [UInt64]
        /// Bytes of the longest frame.
        public let longestFrame: Int

        public init(port: UInt16, times: [UInt64], longestFrame: Int) {
            self.port = port
            self.times = times
            self.longestFrame = longestFrame
        }
    }

    private let runs: UnsafeMutableBufferPointer<Run>
    private let times: UnsafeMutableBufferPointer<UInt64>
    /// The ports that frames come from, which begin anew for each round.
    private let sources: UnsafeMutableBufferPointer<UInt16>
    private let timeline: ReplayTimeline
    /// Nil where nothing waits. Workers hold plain pointers into it.
    private let pace: ReplayPace?
    let pool: Mempool
    /// Buffers that must stay free so that no cache of another lcore can starve the reader.
    let reserve: Int
    public var frameCount: Int { times.count }

    /// - Parameters:
    ///   - inputs: in the order of the configuration's ports.
    ///   - mbufDataByteCount: bytes of a frame that one buffer holds.
    ///   - reserve: buffers that caches may hold.
    ///   - rounds: how often the inputs are played, one time after the other.
    ///   - pace: nil to wait for nothing.
    public init(
        _ inputs: [Input], pool: Mempool, mbufDataByteCount: Int, reserve: Int, rounds: Int = 1,
        pace: ReplayPace? = nil
    ) {
        let total = inputs.reduce(0) { $0 + $1.times.count }
        let times = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: total)
        var runs: [Run] = []
        var positions = [Int](repeating: 0, count: inputs.count)
        for frame in 0..<total {
            let next = inputs.indices.filter { positions[$0] < inputs[$0].times.count }
                .min { inputs[$0].times[positions[$0]] < inputs[$1].times[positions[$1]] }!
            times.initializeElement(at: frame, to: inputs[next].times[positions[next]])
            positions[next] += 1
            let buffers = max(
                1, (inputs[next].longestFrame + mbufDataByteCount - 1) / mbufDataByteCount)
            if let last = runs.last, last.port == inputs[next].port, last.count < Burst.capacity {
                runs[runs.count - 1] = Run(
                    port: last.port, count: last.count + 1, mbufs: last.mbufs + UInt32(buffers))
            } else {
                runs.append(Run(port: inputs[next].port, count: 1, mbufs: UInt32(buffers)))
            }
        }
        self.times = times
        self.runs = .allocate(capacity: runs.count)
        _ = self.runs.initialize(from: runs)
        let sources = inputs.filter { !$0.times.isEmpty }.map(\.port)
        self.sources = .allocate(capacity: sources.count)
        _ = self.sources.initialize(from: sources)
        timeline = ReplayTimeline(of: inputs.map(\.times), rounds: rounds)
        self.pace = pace
        self.pool = pool
        self.reserve = reserve
    }

    deinit {
        runs.deallocate()
        times.deallocate()
        sources.deallocate()
    }

    /// Where the reading worker is. Worker's thread.
    func cursor() -> Cursor {
        Cursor(
            runs: UnsafeBufferPointer(runs), times: UnsafeBufferPointer(times),
            sources: UnsafeBufferPointer(sources), pool: pool, reserve: reserve,
            period: timeline.period, roundsLeft: timeline.rounds - 1,
            pacer: pace?.pacer(first: timeline.first))
    }

    struct Cursor {
        let runs: UnsafeBufferPointer<Run>
        let times: UnsafeBufferPointer<UInt64>
        let sources: UnsafeBufferPointer<UInt16>
        let pool: Mempool
        let reserve: Int
        /// By how much a round is later than the one before.
        let period: UInt64
        /// Rounds behind the current one.
        var roundsLeft: Int
        /// What the current round adds to the inputs' times.
        var shift: UInt64 = 0
        var pacer: ReplayPace.Pacer?
        var run = 0
        /// Frames of the current run that were read.
        var read = 0
        var frame = 0
        /// Buffers that are surely free.
        var credit = 0
        /// Polls in a row that brought nothing although buffers were free.
        var misses = 0

        var isExhausted: Bool { run == runs.count && (roundsLeft == 0 || runs.isEmpty) }
        /// A capture that ends before the first pass said so never brings the rest.
        var hasFailed: Bool { misses > 1000 }

        /// Reads what the current run still misses into an empty burst; gives the port, or nil when
        /// nothing came.
        mutating func receive(into burst: inout Burst) -> UInt16? {
            if run == runs.count, !beginNextRound() { return nil }
            let next = runs[run]
            let mbufsPerFrame = Int(next.mbufs) / Int(next.count)
            var limit = Int(next.count) - read
            if credit < limit * mbufsPerFrame {
                credit = pool.availableCount - reserve
                // A part of the run, where the pool cannot hold all of it.
                limit = min(limit, credit / mbufsPerFrame)
                guard limit > 0 else { return nil }
            }
            limit = dueFrames(limit)
            guard limit > 0 else { return nil }
            let received = burst.receive(port: next.port, queue: 0, limit: limit)
            guard received > 0 else {
                misses += 1
                return nil
            }
            misses = 0
            credit -= received * mbufsPerFrame
            for index in 0..<received {
                burst[index].metadata.pointee.time = times[frame + index] &+ shift
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
                misses = .max
                return false
            }
            roundsLeft -= 1
            shift &+= period
            run = 0
            frame = 0
            return true
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
