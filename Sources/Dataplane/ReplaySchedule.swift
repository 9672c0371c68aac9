// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Synchronization

/// The order in which a replay takes frames from its ports, and the time of each frame.
///
/// Frames enter in the order of their timestamps, then of the ports, then of their numbers in the
/// file; the schedule keeps that as runs of frames of one port. Memory: 8 bytes for each frame and
/// 12 for each run. Immutable once built.
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
    let pool: Mempool
    /// Buffers that must stay free so that no cache of another lcore can starve the reader.
    let reserve: Int
    public var frameCount: Int { times.count }
    /// For each moment at which the reader waits, the frames that come before it.
    public let pauses: [Int]
    /// The frames that the reader may take. Control: w, worker: r.
    private let gate: UnsafeMutablePointer<Atomic<Int>>

    /// - Parameters:
    ///   - inputs: in the order of the configuration's ports.
    ///   - mbufDataByteCount: bytes of a frame that one buffer holds.
    ///   - reserve: buffers that caches may hold.
    ///   - pauses: nanoseconds since 1970, not decreasing: frames up to each of them come in, then the
    ///     reader waits for `release(pastPause:)`.
    public init(
        _ inputs: [Input], pool: Mempool, mbufDataByteCount: Int, reserve: Int,
        pauses: [UInt64] = []
    ) {
        let total = inputs.reduce(0) { $0 + $1.times.count }
        let times = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: total)
        var runs: [Run] = []
        var positions = [Int](repeating: 0, count: inputs.count)
        var framesBefore: [Int] = []
        for frame in 0..<total {
            let next = inputs.indices.filter { positions[$0] < inputs[$0].times.count }
                .min { inputs[$0].times[positions[$0]] < inputs[$1].times[positions[$1]] }!
            times.initializeElement(at: frame, to: inputs[next].times[positions[next]])
            positions[next] += 1
            // A run ends where the reader waits.
            let passed = pauses[framesBefore.count...].prefix { $0 < times[frame] }.count
            framesBefore += [Int](repeating: frame, count: passed)
            let buffers = max(
                1, (inputs[next].longestFrame + mbufDataByteCount - 1) / mbufDataByteCount)
            if passed == 0, let last = runs.last, last.port == inputs[next].port,
                last.count < Burst.capacity
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
        self.pool = pool
        self.reserve = reserve
        framesBefore += [Int](repeating: total, count: pauses.count - framesBefore.count)
        self.pauses = framesBefore
        gate = .allocate(capacity: 1)
        gate.initialize(to: Atomic(framesBefore.first ?? .max))
    }

    /// Where a frame of the schedule comes from.
    public struct Origin: Sendable, Equatable {
        /// DPDK's index.
        public let port: UInt16
        /// The frame's number in that port's capture, from 1.
        public let number: Int
        /// Nanoseconds since 1970.
        public let time: UInt64
    }

    /// The place of a frame in the schedule, from 0; nil where the port has no such frame.
    /// - Parameter number: in that port's capture, from 1.
    public func place(ofFrame number: Int, from port: UInt16) -> Int? {
        var place = 0
        var left = number
        for run in runs {
            if run.port == port {
                if left <= run.count { return left > 0 ? place + left - 1 : nil }
                left -= Int(run.count)
            }
            place += Int(run.count)
        }
        return nil
    }

    /// The origins of the first `count` frames, in the order of the schedule.
    public func origins(count: Int) -> [Origin] {
        var numbers = [Int](repeating: 0, count: Port.limit)
        var origins: [Origin] = []
        origins.reserveCapacity(min(count, frameCount))
        for run in runs {
            for _ in 0..<run.count {
                guard origins.count < count else { return origins }
                numbers[Int(run.port)] += 1
                origins.append(
                    Origin(
                        port: run.port, number: numbers[Int(run.port)], time: times[origins.count]))
            }
        }
        return origins
    }

    deinit {
        runs.deallocate()
        times.deallocate()
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
            runs: UnsafeBufferPointer(runs), times: UnsafeBufferPointer(times), pool: pool,
            reserve: reserve, gate: gate)
    }

    struct Cursor {
        let runs: UnsafeBufferPointer<Run>
        let times: UnsafeBufferPointer<UInt64>
        let pool: Mempool
        let reserve: Int
        let gate: UnsafeMutablePointer<Atomic<Int>>
        /// Frames that may be taken, when the gate was last looked at.
        var released = 0
        var run = 0
        /// Frames of the current run that were read.
        var read = 0
        var frame = 0
        /// Buffers that are surely free.
        var credit = 0
        /// Polls in a row that brought nothing although buffers were free.
        var misses = 0

        var isExhausted: Bool { run == runs.count }
        /// A capture that ends before the first pass said so never brings the rest.
        var hasFailed: Bool { misses > 1000 }

        /// Reads what the current run still misses into an empty burst; gives the port, or nil when
        /// nothing came.
        mutating func receive(into burst: inout Burst) -> UInt16? {
            guard run < runs.count else { return nil }
            if frame >= released {
                released = gate.pointee.load(ordering: .acquiring)
                guard frame < released else { return nil }
            }
            let next = runs[run]
            let mbufsPerFrame = Int(next.mbufs) / Int(next.count)
            var limit = Int(next.count) - read
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
                    time: times[frame + index], sequence: UInt64(frame + index))
            }
            frame += received
            read += received
            if read == Int(next.count) {
                run += 1
                read = 0
            }
            return next.port
        }
    }
}
