// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Expectations
import Replays

/// The report of a replay whose outputs were compared: one JSON object with the report's members and
/// `expectations`.
struct ComparedReplay: Encodable {
    let report: ReplayReport
    let expectations: [ReplayExpectations.Outcome]

    private enum CodingKeys: String, CodingKey { case expectations }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        guard !expectations.isEmpty else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(expectations, forKey: .expectations)
    }

    var isAsExpected: Bool { expectations.allSatisfy(\.differences.isEmpty) }

    /// More differences than these of one port are not explained: who has read them has read enough.
    private static let mostExplained = 10

    /// For people: a line for each port, and each difference in full.
    var text: String {
        expectations.map { outcome in
            let count = outcome.differences.count + outcome.omitted
            guard count > 0 else {
                let frames = NumberText.grouped(UInt64(outcome.gotFrames))
                return "\(outcome.port): all \(frames) frames are as \(outcome.capture) expects\n"
            }
            var text = "\(outcome.port): \(NumberText.grouped(UInt64(count))) "
            text += count == 1 ? "difference" : "differences"
            text += " from \(outcome.capture)\n\n"
            for difference in outcome.differences.prefix(Self.mostExplained) {
                text += difference.text + "\n\n"
            }
            if count > Self.mostExplained {
                let more = NumberText.grouped(UInt64(count - Self.mostExplained))
                text += "\(outcome.port): and \(more) more; --json has them\n"
            }
            return text
        }.joined()
    }
}
