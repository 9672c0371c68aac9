// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing

/// Counts and rates of drop reasons, and frames in hexadecimal digits.
@Suite struct DropsReplyTests {
    private func reply(_ seconds: Int64, _ counts: [(String, UInt64)], started: Int64 = 0)
        -> DropsReply
    {
        DropsReply(
            time: Timestamp(seconds: seconds), startedAt: Timestamp(seconds: started),
            keptPerReason: 16,
            reasons: counts.map {
                DropCount(reason: $0, summary: "", frames: $1, bytes: $1 * 100, kept: 1)
            })
    }

    @Test func theMostFrequentReasonComesFirst() {
        let reply = reply(1, [("a", 1), ("b", 3), ("d", 2), ("c", 2)])
        #expect(reply.reasons.map(\.reason) == ["b", "c", "d", "a"])
    }

    @Test func ratesAreThoseBetweenTwoReplies() {
        let earlier = reply(10, [("noRoute", 5)])
        let later = reply(14, [("noRoute", 9), ("multicast", 8)])
        #expect(later.rate(of: "noRoute", since: earlier)?.framesPerSecond == 1)
        #expect(later.rate(of: "noRoute", since: earlier)?.bitsPerSecond == 800)
        #expect(later.rate(of: "multicast", since: earlier)?.framesPerSecond == 2)
        #expect(later.rate(of: "blackhole", since: earlier) == nil)
        #expect(later.rate(of: "noRoute", since: later) == nil)
        #expect(earlier.rate(of: "noRoute", since: later) == nil)
        #expect(reply(20, [("noRoute", 9)], started: 15).rate(of: "noRoute", since: earlier) == nil)
        #expect(reply(20, [("noRoute", 4)]).rate(of: "noRoute", since: earlier) == nil)
    }

    @Test func statsGiveTheRateOfAReason() {
        func stats(_ seconds: Int64, _ frames: UInt64) -> StatsReply {
            StatsReply(
                time: Timestamp(seconds: seconds), startedAt: Timestamp(seconds: 0), workers: 1,
                ledger: Ledger(
                    dropped: ["noRoute": frames],
                    bytes: LedgerBytes(dropped: ["noRoute": frames * 60])),
                handoff: Handoff(), ports: [:])
        }
        #expect(
            stats(6, 30).dropRate(of: "noRoute", since: stats(1, 10))
                == Rate(frames: 20, bytes: 1200, seconds: 5))
        #expect(stats(6, 30).dropRate(of: "multicast", since: stats(1, 10))?.framesPerSecond == 0)
        #expect(stats(6, 5).dropRate(of: "noRoute", since: stats(1, 10)) == nil)
    }

    private func frame(_ bytes: [UInt8], field: DroppedFrame.Field? = nil, stage: String? = nil)
        -> DroppedFrame
    {
        DroppedFrame(
            reason: "noRoute", time: Timestamp(seconds: 1), port: nil, worker: 3, stage: stage,
            length: bytes.count, flow: nil, field: field, bytes: bytes)
    }

    @Test func bytesAreHexadecimalDigits() {
        let all = (0...255).map { UInt8($0) }
        #expect(frame([0, 1, 0x0a, 0xff]).bytes == "00010aff")
        #expect(frame(all).decodedBytes == all)
        #expect(frame([]).decodedBytes == [])
    }

    @Test(arguments: ["0", "0g", "é0", "0x", " 1"]) func otherTextIsNoBytes(text: String) {
        var frame = frame([])
        frame.bytes = text
        #expect(frame.decodedBytes == nil)
    }

    @Test func commentsNameReasonStageAndField() {
        let field = DroppedFrame.Field(name: "ipv4.destination", value: "203.0.113.9")
        #expect(
            frame([], field: field, stage: "route").comment
                == "noRoute in route: ipv4.destination 203.0.113.9 (worker 3)")
        #expect(frame([]).comment == "noRoute between workers (worker 3)")
    }
}
