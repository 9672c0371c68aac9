// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway drops` prints.
struct DropsTable {
    var reply: DropsReply
    /// The sample before, when there is one: rates are then those in between.
    var previous: DropsReply?

    func rendered(_ style: TextStyle) -> String {
        guard !reply.reasons.isEmpty else { return "nothing was dropped\n" }
        var table = TextTable([
            .text("REASON"), .number("FRAMES"), .number("BYTES"), .number("FRAMES/S"),
            .number("KEPT"), .prose(""),
        ])
        for count in reply.reasons {
            let rate = previous.flatMap { reply.rate(of: count.reason, since: $0) } ?? count.rate
            table.addRow([
                .init(count.reason), .init(count.frames), .init(count.bytes),
                .init(rate.map { NumberText.grouped($0.framesPerSecond) } ?? "-"),
                .init("\(count.kept)"), .init(count.summary, .faint),
            ])
        }
        return table.rendered(style)
    }
}
