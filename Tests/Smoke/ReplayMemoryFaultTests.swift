// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Verbs that replay, in a control group with too little memory: refused with the bill, never killed.
@Suite struct ReplayMemoryFaultTests {
    private static let capture = "wan=Tests/Captures/real/zeek-wikipedia.pcap"

    @Test(
        "16 and 64 MB are refused, with the bill and the limit",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"),
        arguments: [
            ["replay", "config/router.yaml", "--in", capture],
            ["explain", "config/router.yaml", "--in", capture],
            ["diff", "config/router.yaml", "config/router.yaml", "--in", capture],
            ["bench", "--workload", "route", "--pages", "ordinary"],
        ], [16, 64])
    func refused(words: [String], megabytes: Int) async throws {
        let group = try #require(MemoryGroup(megabytes: megabytes))
        let outcome = try await FreewayProcess.run(words, through: group.wrapper)
        #expect(outcome.code == 71, "\(outcome)")
        #expect(
            outcome.errors.contains(
                /\d+ MB are needed, the control group .*freeway-test-.* has \d+ of its \d+ MB left; raise/
            ),
            "\(outcome)")
        #expect(outcome.leftovers == [])
    }

    @Test(
        "a suite is refused, or says of each case why it cannot be run",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"),
        arguments: [(16, 71), (96, 1)] as [(Int, Int32)])
    func suite(megabytes: Int, code: Int32) async throws {
        let group = try #require(MemoryGroup(megabytes: megabytes))
        let outcome = try await FreewayProcess.run(
            FreewayProcess.test + ["Tests/Cases/route-back-out"], through: group.wrapper)
        #expect(outcome.code == code, "\(outcome)")
        #expect(
            (outcome.output + outcome.errors).contains(
                /\d+ MB are needed, the control group .* MB left/),
            "\(outcome)")
    }
}
