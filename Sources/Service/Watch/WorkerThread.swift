// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the kernel says of a worker's thread: asked by the control plane, so that it costs the worker
/// nothing. See proc_pid_stat(5), proc_pid_schedstat and proc_pid_status(5).
struct WorkerThread {
    let id: Int32
    /// `R` runs or would like to, `S` and `D` wait, `T` and `t` were stopped.
    let state: Character
    /// On a CPU.
    let ranNanoseconds: UInt64
    /// Ready to run, while something else had the CPU.
    let waitedNanoseconds: UInt64
    /// How often the kernel took the CPU away from it.
    let preemptions: UInt64
}

extension WorkerThread {
    /// - Returns: nil when there is no such thread in this process.
    init?(id: Int32) {
        guard let stat = Self.text("stat", id), let schedule = Self.text("schedstat", id),
            let status = Self.text("status", id),
            // The name before the state may hold anything, even a parenthesis.
            let name = stat.lastIndex(of: ")"),
            let state = stat[stat.index(after: name)...].first(where: { $0 != " " })
        else { return nil }
        let times = schedule.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        let key = "nonvoluntary_ctxt_switches:"
        let switches = status.split(separator: "\n").first { $0.hasPrefix(key) }
        self.id = id
        self.state = state
        ranNanoseconds = times.first ?? 0
        waitedNanoseconds = times.dropFirst().first ?? 0
        preemptions =
            switches.flatMap {
                UInt64($0.dropFirst(key.count).trimmingCharacters(in: .whitespaces))
            } ?? 0
    }

    private static func text(_ name: String, _ id: Int32) -> String? {
        try? String(contentsOfFile: "/proc/self/task/\(id)/\(name)", encoding: .utf8)
    }
}
