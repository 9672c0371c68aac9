// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import PacketHeaders
import Synchronization
import TestSupport
import Testing

@testable import Dataplane

/// Dropped frames that are kept for people to look at.
@Suite(.usesEAL) struct DropSampleTests {
    @Test func givenNothingDroppedNothingIsKept() throws {
        let bench = try StageBench(try routing(), stages: Stage.stages(of: .route))
        try bench.run([Frames.ipv4()])
        for reason in DropReason.allCases { #expect(bench.kept(reason) == []) }
    }

    @Test func givenADropTheFrameIsKeptWithItsPlace() throws {
        let bench = try StageBench(try routing(), stages: Stage.stages(of: .route))
        let frame = Frames.ipv4 { $0.destination = 0xcb00_7109 }
        let before = TimestampCounter.now
        try bench.run([frame], from: 1, isHandedOff: true)
        try bench.run([Frames.ipv4(to: Address.own.rawValue) { $0.version = 6 }])
        let sample = try #require(bench.kept(.notForUs).first)
        #expect(sample.stage == .admit)
        #expect(sample.port == 1)
        #expect(sample.worker == 0)
        #expect(sample.bytes == frame)
        #expect(sample.length == frame.count)
        #expect((before...TimestampCounter.now).contains(sample.time))
        #expect(bench.kept(.badVersion).map(\.stage) == [.validateIPv4])
        #expect(bench.kept(.noRoute) == [])
    }

    @Test func givenFramesOfAnyLengthOnlyTheirBytesAreKept() throws {
        let bench = try StageBench(
            crossing([]), stages: [.crossConnect], keptDrops: 400, isReplay: true)
        let frames = (1..<300).map { length in
            (0..<length).map { UInt8(truncatingIfNeeded: $0 ^ length) }
        }
        for frame in frames { try bench.run([frame]) }
        let kept = bench.kept(.notConnected)
        #expect(kept.map(\.length) == Array(1..<300))
        #expect(kept.map(\.bytes) == frames.map { Array($0.prefix(DropSample.snapLength)) })
    }

    @Test func givenMoreDropsThanAreKeptTheLastStay() throws {
        let bench = try StageBench(
            crossing([]), stages: [.crossConnect], keptDrops: 5, isReplay: true)
        try bench.run((0..<64).map(numbered))
        try bench.run((64..<67).map(numbered))
        #expect(bench.kept(.notConnected).map { $0.bytes.lastNumber } == [62, 63, 64, 65, 66])
        #expect(bench.kept(.notConnected).map(\.number) == [62, 63, 64, 65, 66])
    }

    /// Under a flood the first four of each 16 rounds are kept.
    @Test func givenAFloodTheFirstOfSomeRoundsAreKept() throws {
        let bench = try StageBench(crossing([]), stages: [.crossConnect], keptDrops: 6)
        for round in 0..<48 {
            try bench.run((0..<64).map { numbered(round * 100 + $0) })
            bench.state.rounds.countRound(isEmpty: false)
        }
        #expect(
            bench.kept(.notConnected).map { $0.bytes.lastNumber } == [
                1602, 1603, 3200, 3201, 3202, 3203,
            ])
        #expect(bench.drops == [.notConnected: 3072])
    }

    /// One reason does not take another's place.
    @Test func givenSeveralReasonsEachHasItsOwnPlaces() throws {
        let bench = try StageBench(
            try routing(), stages: Stage.stages(of: .route), keptDrops: 2, isReplay: true)
        try bench.run([Frames.ethernet(type: 0x0806)])
        try bench.run((0..<50).map { _ in Frames.ipv4 { $0.destination = 0xcb00_7109 } })
        #expect(bench.kept(.truncatedFrame).count == 1)
        #expect(bench.kept(.noRoute).count == 2)
    }

    @Test func givenAReplayTheTimeIsTheFramesOwn() async throws {
        let inputs = (0..<20).map { number in
            (time: UInt64(1000 + number), frame: Frames.ipv4(to: 0x02_00_00_00_00_77))
        }
        var bench = ReplayBench(mode: .route, workers: 1, inputs: [inputs, []])
        bench.keptDrops = 16
        let result = try await bench.run { ports in try routing() }
        #expect(result.drops[.notForUs]?.map(\.time) == (1004..<1020).map { UInt64($0) })
        bench.keptDrops = 0
        let none = try await bench.run { ports in try routing() }
        #expect(none.drops == [:])
        #expect(none.tallies.dropped(.notForUs).frames == 20)
    }

    /// What is kept does not depend on the number of workers: seed 7, 500 frames of 30 flows.
    @Test func givenMoreWorkersTheLastFramesAreTheSame() async throws {
        var random = SeededGenerator(seed: 7)
        let inputs = (0..<500).map { number in
            let flow = UInt32.random(in: 0..<30, using: &random)
            return (
                time: UInt64(number),
                frame: Frames.udp(
                    from: (0xc000_0200 + flow, 1000), to: (0xcb00_7100 + flow, 53),
                    number: UInt32(number))
            )
        }
        var kept: [[UInt64]] = []
        for workers in [1, 2, 4] {
            var bench = ReplayBench(mode: .crossConnect, workers: workers, inputs: [inputs, []])
            bench.keptDrops = 16
            let result = try await bench.run { _ in crossing([]) }
            let samples = try #require(result.drops[.notConnected])
            #expect(samples.map(\.time) == samples.map { UInt64($0.bytes.lastNumber) })
            kept.append(samples.map(\.time))
        }
        #expect(kept == [[UInt64]](repeating: (484..<500).map { UInt64($0) }, count: 3))
    }

    /// A writer that never rests: each frame that is read has one number all over.
    @Test func givenAWriterThatHammersNoFrameIsReadInTwoHalves() async {
        let board = DropSampleBoard(
            kept: 2, clock: WorkerClock(isVirtual: true), rounds: RoundCounters())
        let frames = (0..<64).map { number in
            [UInt8](repeating: UInt8(number), count: 64 + 2 * number)
        }
        let flags = Flags()
        Thread {
            let tallies = Tallies(samples: board.writer)
            if let burst = try? Burst.of(frames) {
                while !flags.isOver.load(ordering: .relaxed) {
                    tallies.drop(burst, by: .route, because: .noRoute)
                }
            }
            tallies.free()
            flags.hasReturned.store(true, ordering: .releasing)
        }.start()
        var (torn, read, advances, last) = (0, 0, 0, UInt64(0))
        let deadline = FairDeadline(after: .seconds(60))
        while advances < 100 || read < 1000, !deadline.isOver {
            for sample in board.read(.noRoute, worker: 0) {
                read += 1
                let number = sample.number % 64
                let isWhole =
                    sample.length == 64 + 2 * Int(number)
                    && sample.bytes.allSatisfy { $0 == number }
                    && sample.bytes.count == min(sample.length, DropSample.snapLength)
                if !isWhole { torn += 1 }
                if sample.number > last { advances += 1 }
                last = sample.number
            }
        }
        flags.isOver.store(true, ordering: .relaxed)
        await wait(for: "the writer") { flags.hasReturned.load(ordering: .acquiring) }
        #expect(torn == 0)
        #expect(read >= 1000)
        #expect(advances >= 100)
    }

    private final class Flags: Sendable {
        let isOver = Atomic(false)
        let hasReturned = Atomic(false)
    }
}
