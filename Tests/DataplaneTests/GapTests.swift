// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Gaps between rounds: what is counted, what is kept, and what the control plane did meanwhile.
@Suite(.usesEAL) struct GapTests {
    /// A board of its own, whose gaps are the test's, in a clock of a thousand million ticks a second.
    private final class Bench {
        let board = GapBoard()
        let activity = ControlActivity()
        var writer: GapRecorder { board.writer(activity) }

        func read(elapsed: UInt64 = 0) -> GapReading {
            board.read(elapsed: elapsed, ticksPerSecond: 1_000_000_000)
        }
    }

    @Test("no gap: every quantile is the threshold, and the list is empty")
    func none() {
        let reading = Bench().read(elapsed: 1_000_000_000)
        #expect(reading.count == 0)
        #expect(reading.buckets == [])
        #expect(reading.longest.isEmpty)
        for share in [0, 0.5, 0.99, 1] { #expect(reading.quantile(share) == 2000) }
        #expect(Bench().read(elapsed: 0).quantile(0.5) == 2000)
    }

    @Test("a counter that runs backwards is no gap")
    func backwards() {
        let bench = Bench()
        bench.writer.note(0 &- 5000, until: 100)
        #expect(bench.read().count == 0)
        #expect(bench.read().longest.isEmpty)
    }

    @Test("quantiles are shares of the time, not of the number of gaps")
    func quantiles() {
        // Given 10 s: 5 s in short rounds, 4.9 s in 490 gaps of 10 ms, 0.1 s in one gap.
        let bench = Bench()
        for _ in 0..<490 { bench.writer.note(10_000_000, until: 1) }
        bench.writer.note(100_000_000, until: 2)
        let reading = bench.read(elapsed: 10_000_000_000)
        #expect(reading.count == 491)
        #expect(reading.quantile(0.45) == 2000)
        #expect(isAbout(reading.quantile(0.55), 10_000_000))
        #expect(isAbout(reading.quantile(0.98), 10_000_000))
        #expect(reading.quantile(0.999) == 100_000_000)
        #expect(reading.buckets.map(\.count) == [490, 1])
        #expect(
            zip(reading.buckets, [10_000_000, 100_000_000]).allSatisfy {
                isAbout($0.nanoseconds, $1)
            })
    }

    @Test("the eight longest of many gaps are kept, with their ends and activities")
    func list() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let bench = Bench()
        var all: [UInt64] = []
        for end in 1...3000 {
            all.append(.random(in: 2000...1_000_000_000, using: &random))
            bench.writer.note(all[end - 1], until: UInt64(end))
        }
        let longest = bench.read().longest
        #expect(
            longest.map(\.nanoseconds) == all.sorted(by: >).prefix(8).map { $0 }, "seed \(seed)")
        for gap in longest {
            #expect(all[Int(gap.end) - 1] == gap.nanoseconds, "seed \(seed)")
            #expect(gap.activities == [])
        }
        #expect(bench.read().count == 3000)
    }

    @Test("a gap has the activities that overlap with it, and no other")
    func activities() {
        let bench = Bench()
        func note(from start: UInt64) -> [ControlActivity.Kind] {
            let now = TimestampCounter.now
            // Longer than all before, so that it enters the list.
            let ticks = now - start
            bench.writer.note(ticks, until: now)
            return bench.read().longest.first { $0.end == now }?.activities ?? []
        }
        bench.activity.during(.drops) {}
        let afterDrops = TimestampCounter.now
        #expect(note(from: afterDrops) == [])
        bench.activity.during(.reload) {
            bench.activity.during(.publish) {
                // Under way at the end of the gap.
                #expect(note(from: afterDrops) == [.reload, .publish])
                #expect(bench.activity.current == [.reload, .publish])
            }
            bench.activity.during(.reload) {}
            // One of the two reloads is over, the other is not.
            #expect(bench.activity.current == [.reload])
        }
        #expect(bench.activity.current == [])
        // Over before the gap was.
        #expect(note(from: afterDrops) == [.reload, .publish])
        #expect(note(from: 0) == [.reload, .publish, .drops])
    }

    @Test("an error of the work passes, and the activity is over")
    func failure() {
        struct Failure: Error {}
        let activity = ControlActivity()
        #expect(throws: Failure.self) {
            try activity.during(.routes) { () throws(Failure) in throw Failure() }
        }
        #expect(activity.current == [])
    }

    /// The rounds are the test's own, so that it knows how far apart they were.
    @Test("a pause between two rounds is a gap of that length, with what went on meanwhile")
    func pause() throws {
        let bench = try StageBench(
            crossing([]), stages: [.crossConnect],
            gapThreshold: TimestampCounter.frequency / 1000)
        var observer = NoObserver()
        func round() { _ = WorkerLoop.round(&bench.state, FromQueues.self, &observer) }
        bench.state.now = TimestampCounter.now
        round()
        let before = TimestampCounter.now
        let shortest = TimestampCounter.frequency / 50
        bench.activity.during(.buildTables) {
            while TimestampCounter.now - before < shortest {}
        }
        round()
        let most = TimestampCounter.now - before
        round()
        let reading = bench.gaps.read(
            elapsed: 0, ticksPerSecond: TimestampCounter.frequency)
        let longest = try #require(reading.longest.first)
        #expect(longest.activities == [.buildTables])
        #expect(longest.nanoseconds >= 20_000_000)
        // The round before it is a part of the gap.
        #expect(ticks(longest.nanoseconds) <= most + TimestampCounter.frequency / 1000)
    }

    @Test("workers that run count their gaps, and readers never see half a list")
    func live() async throws {
        let source = try TestPort("net_null", arguments: "size=64", txQueues: 1)
        let sink = try TestPort.void()
        defer {
            source.close()
            sink.close()
        }
        func port(_ port: TestPort, _ workers: [Int]) -> WorkerGroup.PortDescription {
            .init(
                port: port.index, rxWorkers: workers, txWorkers: [0], txQueueOfWorker: [0],
                isSteered: false)
        }
        let bench = try GroupBench(
            WorkerGroup.Description(
                mode: .crossConnect, lcores: TestEnvironment.lcores(1),
                ports: [port(source, [0]), port(sink, [])]),
            crossing([(source.index, sink.index)]))
        let worker = bench.group.workers[0]
        #expect(worker.thread == nil)
        try bench.group.launch(.floating)
        // A machine that other tests keep busy takes the CPU away soon.
        await wait(for: "gaps") {
            let reading = worker.readGaps()
            let lengths = reading.longest.map(\.nanoseconds)
            #expect(lengths == lengths.sorted(by: >))
            #expect(lengths.allSatisfy { $0 >= 1990 })
            #expect(Set(reading.longest.map(\.end)).count == lengths.count)
            return reading.count >= 100
        }
        let beat = worker.heartbeat
        await wait(for: "a heartbeat") { worker.heartbeat > beat }
        #expect(worker.thread ?? 0 > 0)
        await bench.finish()
        #expect(worker.readGaps().longest.count == 8)
    }

    /// Within a sixteenth.
    private func isAbout(_ value: UInt64, _ expected: UInt64) -> Bool {
        value >= expected && value - expected <= expected / 16
    }

    private func ticks(_ nanoseconds: UInt64) -> UInt64 {
        UInt64(Double(nanoseconds) * Double(TimestampCounter.frequency) / 1e9)
    }
}
