// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway drops REASON` prints.
struct DroppedFramesTable {
    var reply: DroppedFramesReply

    func rendered(_ style: TextStyle) -> String {
        let count = reply.count
        let frames = count.frames == 1 ? "1 frame" : "\(NumberText.grouped(count.frames)) frames"
        let heading = style.folded(
            "\(count.reason): \(count.summary); \(frames), \(reply.samples.count) kept")
        guard !reply.samples.isEmpty else { return heading }
        var table = TextTable([
            .text("TIME"), .text("INTERFACE"), .number("WORKER"), .text("STAGE"), .number("LENGTH"),
            .prose("FLOW", atLeast: 46), .prose("FIELD", atLeast: 46),
        ])
        for frame in reply.samples {
            table.addRow([
                .init("\(frame.time)"), .init(frame.interface ?? frame.port ?? "-"),
                .init("\(frame.worker)"),
                .init(frame.stage ?? "-"), .init("\(frame.length)"), .init(frame.flow ?? "-"),
                .init(frame.field.map { "\($0.name) \($0.value)" } ?? "-"),
            ])
        }
        return heading + "\n" + table.rendered(style)
    }
}
