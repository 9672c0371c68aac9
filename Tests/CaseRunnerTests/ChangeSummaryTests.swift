// SPDX-License-Identifier: Apache-2.0

import Expectations
import Testing

@testable import CaseRunner

/// What `--update` says of the files that it writes.
@Suite struct ChangeSummaryTests {
    /// An Ethernet frame of a flow that its MAC pair names.
    private static func frame(_ flow: UInt8, _ byte: UInt8, type: UInt8 = 0xb5) -> CapturedFrame {
        CapturedFrame(
            [2, 0, 0, 0, 0, flow, 2, 0, 0, 0, 1, flow, 0x88, type]
                + [UInt8](repeating: byte, count: 50))
    }

    private func lines(_ old: [CapturedFrame], _ new: [CapturedFrame]) -> [String] {
        ChangeSummary(Comparison(expected: old, got: new)).lines
    }

    @Test("frames that changed in the same way are one line with both values")
    func alike() {
        #expect(
            lines(
                [Self.frame(1, 1), Self.frame(1, 1), Self.frame(1, 1)],
                [Self.frame(1, 2), Self.frame(1, 2), Self.frame(1, 1)]
            ).map { $0.prefix(15) } == ["2 frames: paylo"])
        let one = lines([Self.frame(1, 1)], [Self.frame(1, 1, type: 0xb6)])
        #expect(one == ["1 frame: ethernet.etherType 0x88b5 → 0x88b6"])
    }

    @Test("frames that came or went are counted")
    func count() {
        #expect(lines([], [Self.frame(1, 1), Self.frame(2, 2)]) == ["2 frames: expected now"])
        #expect(lines([Self.frame(1, 1)], []) == ["1 frame: not expected any more"])
    }

    @Test("many values of one field are not written out")
    func many() {
        let flows = (1...5).map { UInt8($0) }
        #expect(
            lines(
                flows.map { Self.frame($0, 1) }, flows.map { Self.frame($0, 10 + $0) }
            ) == ["5 frames: payload (values differ)"])
    }
}
