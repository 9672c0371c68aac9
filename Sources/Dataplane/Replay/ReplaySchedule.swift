// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Synchronization

/// The order in which a replay takes frames from its ports, and the time of each frame.
///
/// Frames enter in the order of their timestamps, then of the ports, then of their numbers in the
/// file; the schedule keeps that as runs of frames of one port. Memory: 8 bytes for each frame and
/// 12 for each run, however often the inputs are played. Immutable once built, but for the gate.
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
        /// Nanoseconds since the schedule's epoch; must not decrease.
        public let times: [UInt64]
        /// Bytes of the longest frame.
        public let longestFrame: Int

        public init(port: UInt16, times: [UInt64], longestFrame: Int) {
            self.port = port
            self.times = times
            self.longestFrame = longestFrame
        }
    }

    /// Of one round.
    let runs: UnsafeMutableBufferPointer<Run>
    /// Of the first round.
    let times: UnsafeMutableBufferPointer<UInt64>
    /// The ports that frames come from, which begin anew for each round.
    private let sources: UnsafeMutableBufferPointer<UInt16>
    let timeline: ReplayTimeline
    /// Nil where nothing waits. Workers hold plain pointers into it.
    private let pace: ReplayPace?
    /// The second that all times count from, counted from 1970: 0 unless a frame is older, or hundreds of
    /// years later.
    public let epoch: Int64
    let pool: Mempool
    /// Buffers that must stay free so that no cache of another lcore can starve the reader.
    let reserve: Int
    /// Frames of one round.
    public var frameCount: Int { times.count }
    /// When the first frame comes, counted from the epoch; nil where none comes.
    public var firstTime: UInt64? { times.first }
    /// For each moment at which the reader waits, the frames that come before it, over all rounds.
    public let pauses: [Int]
    /// The frames that the reader may take, over all rounds. Writer: the control thread; reader: worker 0.
    private let gate: UnsafeMutablePointer<Atomic<Int>>

    /// - Parameters:
    ///   - inputs: in the order of the configuration's ports.
    ///   - mbufDataByteCount: bytes of a frame that one buffer holds.
    ///   - reserve: buffers that caches may hold.
    ///   - pauses: nanoseconds since the epoch, not decreasing: frames up to each of them come in, then the
    ///     reader waits for `release(pastPause:)`.
    ///   - burst: the most frames of a run, and so of what comes in at once.
    ///   - rounds: how often the inputs are played, one time after the other.
    ///   - pace: nil to wait for nothing.
    ///   - epoch: the second that times count from, counted from 1970.
    public init(
        _ inputs: [Input], pool: Mempool, mbufDataByteCount: Int, reserve: Int,
        pauses: [UInt64] = [], burst: Int = Burst.capacity, rounds: Int = 1,
        pace: ReplayPace? = nil,
        epoch: Int64 = 0
    ) {
        self.epoch = epoch
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
            if let last = runs.last, last.port == inputs[next].port,
                last.count < min(burst, Burst.capacity)
            {
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
        let timeline = ReplayTimeline(of: inputs.map(\.times), rounds: rounds)
        self.timeline = timeline
        self.pace = pace
        self.pool = pool
        self.reserve = reserve
        self.pauses = pauses.map { timeline.frames(upTo: $0, UnsafeBufferPointer(times)) }
        gate = .allocate(capacity: 1)
        gate.initialize(to: Atomic(self.pauses.first ?? .max))
    }

    deinit {
        runs.deallocate()
        times.deallocate()
        sources.deallocate()
        gate.deallocate()
    }

    /// Lets the reader go on to the next pause, or to the end after the last. Control thread.
    public func release(pastPause index: Int) {
        gate.pointee.store(
            index + 1 < pauses.count ? pauses[index + 1] : .max, ordering: .releasing)
    }

    /// Where the reading worker is. Worker's thread.
    func cursor() -> Cursor {
        Cursor(
            runs: UnsafeBufferPointer(runs), times: UnsafeBufferPointer(times),
            sources: UnsafeBufferPointer(sources), pool: pool, reserve: reserve, gate: gate,
            period: timeline.period, roundsLeft: timeline.rounds - 1,
            pacer: pace?.pacer(first: timeline.first))
    }
}
