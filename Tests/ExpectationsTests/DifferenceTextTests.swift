// SPDX-License-Identifier: Apache-2.0

import Expectations
import Foundation
import FreewayConfiguration
import TestSupport
import Testing

/// Differences as a person reads them.
@Suite struct DifferenceTextTests {
    private let expected = ComparisonTests.flow(1...3)

    private func differences(_ expected: [[UInt8]], _ got: [[UInt8]]) -> [Difference] {
        Comparison(
            port: "lan", expected: expected.map { CapturedFrame($0) },
            got: got.map { CapturedFrame($0) }
        ).differences
    }

    @Test("a changed frame: flow and frame, fields, bytes of both sides")
    func changed() {
        var got = expected
        got[1][22] = 63
        got[1][45] = 9
        #expect(
            differences(expected, got).map(\.text) == [
                """
                lan: frame 2 (2 of flow udp 10.0.0.1:1000 > 192.0.2.7:53) differs from expected frame 2 \
                in ipv4.timeToLive, payload
                    FIELD            EXPECTED     GOT
                    ipv4.timeToLive  64           63
                    payload          00 00 00 02  00 00 00 09
                    both     0000  02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00
                    expected 0010  00 20 12 34 00 00 40 11 9c 91 0a 00 00 01 c0 00
                    got      0010  00 20 12 34 00 00 3f 11 9c 91 0a 00 00 01 c0 00
                                                     ^^
                    expected 0020  02 07 03 e8 00 35 00 0c 00 00 00 00 00 02
                    got      0020  02 07 03 e8 00 35 00 0c 00 00 00 00 00 09
                                                                          ^^
                """
            ])
    }

    @Test("a missing frame, with its drop reason and its way when the caller knows them")
    func missing() {
        var difference = differences(expected, [expected[0], expected[2]])[0]
        #expect(
            difference.summary
                == "lan: expected frame 2 (2 of flow udp 10.0.0.1:1000 > 192.0.2.7:53) did not leave"
        )
        difference.dropReason = "noRoute"
        difference.journey = ["frame 2 that came in by wan", "route  no route matches"]
        #expect(
            difference.text == """
                lan: expected frame 2 (2 of flow udp 10.0.0.1:1000 > 192.0.2.7:53) did not leave; it was \
                dropped: noRoute
                    the frame's way:
                      frame 2 that came in by wan
                      route  no route matches
                    expected 0000  02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00
                    expected 0010  00 20 12 34 00 00 40 11 9c 91 0a 00 00 01 c0 00
                    expected 0020  02 07 03 e8 00 35 00 0c 00 00 00 00 00 02
                """)
    }

    @Test("an extra frame, and one out of its order")
    func extra() {
        #expect(
            differences([], [expected[0]]).map(\.summary) == [
                "lan: frame 1 (1 of flow udp 10.0.0.1:1000 > 192.0.2.7:53) left and was not expected"
            ])
        #expect(
            differences([expected[0], expected[1]], [expected[1], expected[0]]).map(\.summary)
                .allSatisfy { $0.contains("left out of its order: it is expected frame") })
    }

    @Test("a header more: each side has its own marks")
    func differentLayouts() {
        let tagged = Array(expected[0][..<12] + [0x81, 0, 0, 100] + expected[0][12...])
        let text = differences([expected[0]], [tagged])[0].text
        #expect(text.contains("vlan.identifier     absent    100"))
        #expect(text.contains("got      0000  02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 64"))
        #expect(text.contains("expected 0000  02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00"))
    }

    @Test("of a long frame only the rows around the difference are shown")
    func longFrame() {
        let long = Frames.ethernet(type: 0x1234, payload: [UInt8](repeating: 7, count: 1400))
        var other = long
        other[700] = 8
        let text = differences([long], [other])[0].text
        #expect(text.contains("expected 02b0"))
        #expect(text.split(separator: "\n").count < 15)
        #expect(text.contains("1400 bytes, from byte 680: "))
    }

    @Test("JSON has the one line too, and comes back as it was")
    func codable() throws {
        var difference = differences(expected, [expected[0], expected[2]])[0]
        difference.dropReason = "noRoute"
        let data = try JSONEncoder().encode(difference)
        #expect(try JSONDecoder().decode(Difference.self, from: data) == difference)
        let object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["summary"] as? String == difference.summary)
        #expect(
            object["expectedBytes"] as? String
                == expected[1].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
