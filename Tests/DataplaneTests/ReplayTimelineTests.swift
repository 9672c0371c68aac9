// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dataplane

/// When the frames of a replay enter that plays its inputs several times; and how waits are counted.
@Suite struct ReplayTimelineTests {
    @Test func givenNoFramesAllIsZero() {
        let timeline = ReplayTimeline(of: [[], []])
        #expect(timeline.first == 0 && timeline.last == 0 && timeline.frameCount == 0)
        #expect(timeline.end == 0)
    }

    @Test func givenInputsTheirSpanAndMeanGapMakeThePeriod() {
        let timeline = ReplayTimeline(of: [[100, 400], [], [130, 700]], rounds: 3)
        #expect(timeline.first == 100 && timeline.last == 700)
        #expect(timeline.gap == 200)
        #expect(timeline.period == 800)
        #expect(timeline.end == 700 + 2 * 800)
    }

    @Test(arguments: [[5], [5, 5, 5]]) func givenOneTimeTheGapIsAMillisecond(times: [UInt64]) {
        #expect(ReplayTimeline(of: [times], rounds: 2).end == 1_000_005)
    }

    @Test func givenFramesThatAreCloserThanANanosecondTheGapIsNotZero() {
        #expect(ReplayTimeline(of: [[1, 1, 1, 2]]).gap == 1)
    }

    @Test func givenTooManyRoundsThereIsNoEnd() {
        #expect(ReplayTimeline(of: [[0, .max / 4]], rounds: 9).end == nil)
        #expect(ReplayTimeline(of: [[.max - 10, .max - 1]], rounds: 2).end == nil)
    }

    /// Rounds begin at 100, 900 and 1700.
    @Test(
        arguments: [
            (0, 0), (99, 0), (100, 1), (129, 1), (130, 2), (700, 4), (899, 4), (900, 5), (1229, 7),
            (1700, 9), (2300, 12), (2500, 12), (.max, 12),
        ] as [(UInt64, Int)]) func givenRoundsTheFramesUpToATimeAreThoseOfAllRounds(
            time: UInt64, frames: Int
        )
    {
        let times: [UInt64] = [100, 130, 400, 700]
        let timeline = ReplayTimeline(of: [times], rounds: 3)
        #expect(timeline.period == 800)
        times.withUnsafeBufferPointer { #expect(timeline.frames(upTo: time, $0) == frames) }
    }

    @Test func givenDurationsEachIsInItsBucket() {
        for value in Array(0..<5000) + [1 << 20, (1 << 40) + 12345, .max] as [UInt64] {
            let bucket = DurationHistogram.bucket(value)
            let end = DurationHistogram.upperEnd(of: bucket)
            #expect(value <= end && end - value <= value / 16)
            #expect(bucket == 0 || DurationHistogram.upperEnd(of: bucket - 1) < value)
        }
    }

    @Test func givenDurationsQuantilesAreThoseOfTheSortedList() {
        let histogram = DurationHistogram()
        defer { histogram.free() }
        #expect(histogram.quantile(0.5) == 0)
        for value in 1...1000 { histogram.add(UInt64(value)) }
        #expect((500...532).contains(histogram.quantile(0.5)))
        #expect((990...1055).contains(histogram.quantile(0.99)))
        #expect((1000...1063).contains(histogram.quantile(1)))
    }
}
