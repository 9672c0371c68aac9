// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Captures

/// Times of centuries as numbers of 64 bits.
@Suite struct CaptureTimelineTests {
    private func of(_ moments: [(Int64, UInt32)]) -> CaptureTimeline? {
        var timeline = CaptureTimeline()
        for (seconds, nanoseconds) in moments {
            guard timeline.add(CaptureTime(seconds: seconds, nanoseconds: nanoseconds)) else {
                return nil
            }
        }
        return timeline
    }

    @Test("they count from 1970 wherever that will do")
    func ordinary() throws {
        let timeline = try #require(of([(1_700_000_000, 5), (18_446_744_073, 709_551_615)]))
        #expect(timeline.epoch == 0)
        #expect(timeline.times == [1_700_000_000_000_000_005, .max])
    }

    @Test("from the first frame's second where that is before 1970, or after 2554")
    func otherEpochs() throws {
        let early = try #require(of([(-5, 7), (-4, 0), (3, 1)]))
        #expect(early.epoch == -5)
        #expect(early.times == [7, 1_000_000_000, 8_000_000_001])
        let late = try #require(of([(40_000_000_000, 7), (40_000_000_001, 0)]))
        #expect(late.epoch == 40_000_000_000)
        #expect(late.times == [7, 1_000_000_000])
        let crossing = try #require(of([(10_000_000_000, 7), (20_000_000_000, 1)]))
        #expect(crossing.epoch == 10_000_000_000)
        #expect(crossing.times == [7, 10_000_000_000_000_000_001])
    }

    @Test("a time below its predecessor's is raised to it, also one before the epoch")
    func raised() throws {
        let timeline = try #require(of([(10, 0), (9, 0), (-3, 0), (11, 0)]))
        #expect(timeline.times == [10, 10, 10, 11].map { $0 * 1_000_000_000 })
        #expect(timeline.earlier == 2)
    }

    @Test("frames that are further apart than 584 years have no clock")
    func tooFar() {
        #expect(of([(0, 0), (18_446_744_074, 0)]) == nil)
        #expect(of([(-1, 0), (18_446_744_073, 0)]) == nil)
        #expect(of([(.min, 0), (.max, 0)]) == nil)
    }
}
