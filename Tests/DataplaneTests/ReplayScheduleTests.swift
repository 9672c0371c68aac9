// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import TestSupport
import Testing

@testable import Dataplane

/// The order in which a replay takes frames in: by time, then port, then number in the file.
@Suite(.usesEAL) struct ReplayScheduleTests {
    @Test func givenNoFramesTheScheduleIsExhaustedAtOnce() throws {
        let schedule = try makeSchedule([.init(port: 0, times: [], longestFrame: 0)])
        #expect(schedule.cursor().isExhausted)
        #expect(schedule.frameCount == 0)
    }

    @Test func givenTwoPortsFramesMergeByTimeThenPort() throws {
        let schedule = try makeSchedule([
            .init(port: 7, times: [10, 20, 20, 40], longestFrame: 60),
            .init(port: 3, times: [5, 20, 30, 40], longestFrame: 60),
        ])
        let cursor = schedule.cursor()
        #expect(cursor.runs.map(\.port) == [3, 7, 3, 7, 3])
        #expect(cursor.runs.map(\.count) == [1, 3, 2, 1, 1])
        #expect(Array(cursor.times) == [5, 10, 20, 20, 20, 30, 40, 40])
    }

    /// Seed 3: random times on four ports, against a plain stable sort.
    @Test func givenRandomTimesTheOrderIsThatOfAStableSort() throws {
        var random = SeededGenerator(seed: 3)
        let inputs = (0..<4).map { port in
            ReplaySchedule.Input(
                port: UInt16(port),
                times: (0..<500).map { _ in UInt64.random(in: 0..<600, using: &random) }.sorted(),
                longestFrame: 60)
        }
        let expected = inputs.flatMap { input in
            input.times.enumerated().map { (time: $1, port: input.port, number: $0) }
        }.sorted { ($0.time, $0.port, $0.number) < ($1.time, $1.port, $1.number) }
        let schedule = try makeSchedule(inputs)
        let cursor = schedule.cursor()
        let ports = cursor.runs.flatMap { [UInt16](repeating: $0.port, count: Int($0.count)) }
        #expect(ports == expected.map(\.port))
        #expect(Array(cursor.times) == expected.map(\.time))
    }

    @Test func givenManyFramesOfOnePortARunIsABurst() throws {
        let schedule = try makeSchedule([
            .init(port: 0, times: [UInt64](repeating: 1, count: 130), longestFrame: 60)
        ])
        #expect(schedule.cursor().runs.map(\.count) == [64, 64, 2])
    }

    @Test(arguments: [(0, 1), (1, 1), (2048, 1), (2049, 2), (7306, 4), (65_535, 32)])
    func givenLongFramesARunCountsTheBuffersOfEach(length: Int, buffers: UInt32) throws {
        let schedule = try makeSchedule([
            .init(port: 0, times: [1, 2, 3], longestFrame: length)
        ])
        #expect(schedule.cursor().runs.map(\.mbufs) == [3 * buffers])
    }

    @Test func givenACaptureFramesComeInOrderWithTheirTimes() throws {
        let replay = try Source(frames: (0..<200).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule([
            .init(port: replay.port.index, times: (0..<200).map { 1000 + $0 }, longestFrame: 4)
        ])
        var cursor = schedule.cursor()
        var burst = Burst()
        var (numbers, times): ([UInt32], [UInt64]) = ([], [])
        while !cursor.isExhausted, !cursor.hasFailed {
            guard cursor.receive(into: &burst) == replay.port.index else { continue }
            numbers += burst.numbers
            times += (0..<burst.count).map { burst[$0].replayTime }
            burst.removeAll()
        }
        #expect(numbers == Array(0..<200))
        #expect(times == (0..<200).map { 1000 + UInt64($0) })
        #expect(cursor.isExhausted)
        #expect(cursor.receive(into: &burst) == nil)
    }

    /// The capture holds fewer frames than the first pass counted.
    @Test func givenACaptureThatEndsEarlyTheScheduleFails() throws {
        let replay = try Source(frames: (0..<3).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule([
            .init(port: replay.port.index, times: [1, 2, 3, 4], longestFrame: 4)
        ])
        var cursor = schedule.cursor()
        var burst = Burst()
        var polls = 0
        while !cursor.hasFailed, polls < 10_000 {
            _ = cursor.receive(into: &burst)
            burst.removeAll()
            polls += 1
        }
        #expect(cursor.hasFailed)
        #expect(!cursor.isExhausted)
    }

    @Test func givenRoundsTheCaptureIsReadAgainAndTimeGoesOn() throws {
        let replay = try Source(frames: (0..<100).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule(
            [
                .init(
                    port: replay.port.index, times: (0..<100).map { 1000 + 10 * $0 },
                    longestFrame: 4)
            ], rounds: 50)
        #expect(schedule.frameCount == 100, "memory does not grow with the rounds")
        var cursor = schedule.cursor()
        var burst = Burst()
        var (numbers, times): ([UInt32], [UInt64]) = ([], [])
        while !cursor.isExhausted, !cursor.hasFailed {
            guard cursor.receive(into: &burst) != nil else { continue }
            numbers += burst.numbers
            times += (0..<burst.count).map { burst[$0].replayTime }
            burst.removeAll()
        }
        #expect(cursor.isExhausted && !cursor.hasFailed)
        #expect(numbers == (0..<50).flatMap { _ in 0..<100 })
        // 990 from the first frame to the last, and a mean gap of 10.
        #expect(times == (0..<5000).map { 1000 + 10 * UInt64($0) })
    }

    @Test func givenACaptureThatGoesAwayBetweenRoundsTheScheduleFails() throws {
        let replay = try Source(frames: (0..<3).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule(
            [.init(port: replay.port.index, times: [1, 2, 3], longestFrame: 4)], rounds: 2)
        try FileManager.default.removeItem(at: replay.folder.url)
        var cursor = schedule.cursor()
        var burst = Burst()
        var polls = 0
        while !cursor.hasFailed, polls < 10_000 {
            _ = cursor.receive(into: &burst)
            burst.removeAll()
            polls += 1
        }
        #expect(cursor.hasFailed && !cursor.isExhausted)
        #expect(cursor.receive(into: &burst) == nil)
    }

    /// No frame enters before its time, however late the one before it was.
    @Test func givenAPaceNoFrameIsEarly() throws {
        let replay = try Source(frames: (0..<200).map(numbered))
        defer { replay.close() }
        let pace = ReplayPace(speed: 4)
        let times = (0..<200).map { 5_000_000 + 1_000_000 * UInt64($0) }
        let schedule = try makeSchedule(
            [.init(port: replay.port.index, times: times, longestFrame: 4)], pace: pace)
        var cursor = schedule.cursor()
        var burst = Burst()
        let clock = ContinuousClock()
        var start: ContinuousClock.Instant?
        var (early, count) = (0, 0)
        while !cursor.isExhausted, !cursor.hasFailed {
            if start == nil { start = clock.now }
            guard cursor.receive(into: &burst) != nil else { continue }
            let elapsed = (clock.now - start!) / .nanoseconds(1)
            for index in 0..<burst.count {
                let due = Double(burst[index].replayTime - 5_000_000) / 4
                // The counters of the two clocks differ by less than a thousandth.
                if elapsed < due * 0.999 { early += 1 }
            }
            count += burst.count
            burst.removeAll()
        }
        #expect(count == 200)
        #expect(early == 0)
        #expect(pace.elapsedSeconds >= 0.199 / 4)
        #expect(pace.lateness.median <= pace.lateness.percentile99)
        #expect(pace.lateness.percentile99 <= pace.lateness.maximum)
        #expect(pace.elapsedSeconds <= 0.199 / 4 + Double(pace.lateness.maximum) / 1e9 + 1e-6)
    }

    /// net_pcap loses a frame when it finds no buffer for it: the cursor must not ask then. The pool
    /// here is smaller than one run.
    @Test(arguments: [15, 63, 64, 100], [60, 2048, 4000, 7306])
    func givenASmallPoolNoFrameIsLost(mbufs: Int, length: Int) throws {
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("pool"), mbufs: mbufs, dataRoom: 2176, cache: 0,
            numaNode: nil, packing: .packed)
        defer { pool.free() }
        let padding = [UInt8](repeating: 0, count: length - 4)
        let replay = try Source(frames: (0..<150).map { padding + numbered($0) }, pool: pool)
        defer { replay.close() }
        let schedule = try makeSchedule(
            [
                .init(
                    port: replay.port.index, times: (0..<150).map { UInt64($0) },
                    longestFrame: length)
            ], pool: pool)
        var cursor = schedule.cursor()
        // One burst is always in the hands of somebody else, as in a ring between workers.
        var burst = Burst()
        var elsewhere = Burst()
        var numbers: [UInt32] = []
        var polls = 0
        while !cursor.isExhausted, !cursor.hasFailed, polls < 100_000 {
            polls += 1
            guard cursor.receive(into: &burst) != nil else {
                elsewhere.removeAll()
                continue
            }
            numbers += burst.numbers
            elsewhere.removeAll()
            elsewhere.append(contentsOf: &burst)
        }
        elsewhere.removeAll()
        #expect(numbers == Array(0..<150))
        #expect(try replay.port.port.statistics().withoutMbuf == 0)
    }

    /// Frames of exactly a pause's time come before it.
    @Test func givenPausesTheFramesBeforeEachAreKnown() throws {
        let times: [UInt64] = [10, 10, 20, 20, 20, 30]
        let schedule = try makeSchedule(
            [.init(port: 0, times: times, longestFrame: 60)], pauses: [10, 15, 19, 20, 20, 30, 99])
        #expect(schedule.pauses == [2, 2, 2, 5, 5, 6, 6])
        let early = try makeSchedule(
            [.init(port: 0, times: times, longestFrame: 60)], pauses: [0, 9])
        #expect(early.pauses == [0, 0])
        let empty = try makeSchedule([], pauses: [0, .max])
        #expect(empty.pauses == [0, 0])
        #expect(empty.cursor().isExhausted)
    }

    @Test func givenAPauseNothingComesUntilItIsReleased() throws {
        let replay = try Source(frames: (0..<100).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule(
            [
                .init(
                    port: replay.port.index, times: (0..<100).map { UInt64($0) }, longestFrame: 4)
            ], pauses: [9, 29, 29])
        var cursor = schedule.cursor()
        var burst = Burst()
        var numbers: [UInt32] = []
        func readOn() {
            for _ in 0..<3000 where cursor.receive(into: &burst) != nil {
                numbers += burst.numbers
                burst.removeAll()
            }
        }
        readOn()
        #expect(numbers == Array(0..<10))
        #expect(!cursor.isExhausted && !cursor.hasFailed)
        schedule.release(pastPause: 0)
        readOn()
        #expect(numbers == Array(0..<30))
        schedule.release(pastPause: 1)
        readOn()
        #expect(numbers == Array(0..<30))
        schedule.release(pastPause: 2)
        readOn()
        #expect(numbers == Array(0..<100))
        #expect(cursor.isExhausted && !cursor.hasFailed)
    }

    /// A pause in the second round, in the middle of a run.
    @Test func givenRoundsAPauseHoldsInEachOfThem() throws {
        let replay = try Source(frames: (0..<10).map(numbered))
        defer { replay.close() }
        let schedule = try makeSchedule(
            [.init(port: replay.port.index, times: (0..<10).map { UInt64($0) }, longestFrame: 4)],
            pauses: [13], rounds: 3)
        #expect(schedule.pauses == [14])
        var cursor = schedule.cursor()
        var burst = Burst()
        var numbers: [UInt32] = []
        func readOn() {
            for _ in 0..<3000 where cursor.receive(into: &burst) != nil {
                numbers += burst.numbers
                burst.removeAll()
            }
        }
        readOn()
        #expect(numbers == Array(0..<10) + Array(0..<4))
        schedule.release(pastPause: 0)
        readOn()
        #expect(numbers == (0..<3).flatMap { _ in 0..<10 })
        #expect(cursor.isExhausted && !cursor.hasFailed)
    }

    private func makeSchedule(
        _ inputs: [ReplaySchedule.Input], pool: Mempool? = nil, pauses: [UInt64] = [],
        rounds: Int = 1, pace: ReplayPace? = nil
    ) throws -> ReplaySchedule {
        ReplaySchedule(
            inputs, pool: try pool ?? TestEnvironment.pool, mbufDataByteCount: 2048, reserve: 0,
            pauses: pauses, rounds: rounds, pace: pace)
    }

    /// A port over a capture.
    private struct Source {
        let folder: TemporaryFolder
        let port: TestPort

        init(frames: [[UInt8]], pool: Mempool? = nil) throws {
            folder = try TemporaryFolder()
            var file = PcapFile()
            for frame in frames { file.add(frame) }
            port = try TestPort.receiving(try folder.write(file.bytes, to: "in.pcap"), pool: pool)
        }

        func close() { port.close() }
    }
}
