// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway workers --gaps` prints: the longest gaps of all workers, longest first.
struct GapsTable {
    var reply: WorkersReply

    func rendered(_ style: TextStyle) -> String {
        let gaps = reply.workers.flatMap { worker in
            (worker.gaps?.longest ?? []).map { (worker, $0) }
        }.sorted { ($0.1.nanoseconds, $1.1.time) > ($1.1.nanoseconds, $0.1.time) }
        guard !gaps.isEmpty else {
            return "no gap between rounds was as long as "
                + "\(GapText.length(WorkerGaps.thresholdNanoseconds))\n"
        }
        var table = TextTable([
            .number("GAP"), .number("WORKER"), .prose("CPU"), .text("ENDED AT"),
            .prose("CONTROL PLANE"),
        ])
        for (worker, gap) in gaps {
            table.addRow([
                .init(GapText.length(gap.nanoseconds)), .init("\(worker.index)"),
                .init(worker.cpus.map(String.init).joined(separator: ",")),
                .init("\(gap.time)"),
                .init(gap.during.isEmpty ? "-" : gap.during.joined(separator: " ")),
            ])
        }
        return table.rendered(style)
    }
}

/// Lengths of gaps as a person reads them.
enum GapText {
    /// `7.2 µs`, `1.3 ms`, `2.5 s`; `-` for none.
    static func length(_ nanoseconds: UInt64) -> String {
        nanoseconds == 0 ? "-" : NumberText.duration(nanoseconds: nanoseconds)
    }

    /// The threshold says only that it is below that.
    static func quantile(_ nanoseconds: UInt64) -> String {
        nanoseconds <= WorkerGaps.thresholdNanoseconds
            ? "< 2 µs" : length(nanoseconds)
    }
}
