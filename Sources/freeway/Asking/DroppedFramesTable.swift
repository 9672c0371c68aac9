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
        let parts = [heading] + [samples(style), unclaimed(style)].compactMap(\.self)
        return parts.joined(separator: "\n")
    }

    private static let mostShown = 10

    /// What it was, where the reason says so little.
    private func unclaimed(_ style: TextStyle) -> String? {
        guard let all = reply.unclaimed, !all.isEmpty else { return nil }
        var table = TextTable([.text("PROTOCOL"), .number("PORT"), .number("FRAMES")])
        for count in all.prefix(Self.mostShown) {
            table.addRow([
                .init(count.protocol), .init(count.port.map { "\($0)" } ?? "-"),
                .init(NumberText.grouped(count.frames)),
            ])
        }
        let more = all.count - Self.mostShown
        return table.rendered(style) + (more > 0 ? "and \(more) more; --json has all\n" : "")
    }

    private func samples(_ style: TextStyle) -> String? {
        guard !reply.samples.isEmpty else { return nil }
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
        return table.rendered(style)
    }
}
