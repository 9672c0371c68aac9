// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How long something takes, on whatever machine: the time in which some program had to wait for a CPU does not
/// count, except for a twentieth.
public struct FairStopwatch: Sendable {
    private let began = ContinuousClock.now
    private let pressureBefore = Self.pressure()

    public init() {}

    public var elapsed: Duration {
        let all = ContinuousClock.now - began
        return max(all - pressed, all / 20)
    }

    /// Who was waited for, for the message of a test that fails.
    public var account: String {
        let all = (ContinuousClock.now - began) / .seconds(1)
        let share = pressed / .seconds(1) / max(all, 0.001)
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "?"
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return String(
            format: "waited %.1f s, in %.0f %% of which a program waited for a CPU", all,
            100 * share)
            + " (load \(load.prefix { $0 != " " }) on \(processors) CPUs): "
            + (share < 0.5 ? "for Freeway, not for the machine" : "maybe for the machine")
    }

    private var pressed: Duration { Self.pressure() - pressureBefore }

    /// How long, since the machine started, a program at least had to wait for a CPU: `some` of
    /// /proc/pressure/cpu. Zero on a kernel that does not say.
    private static func pressure() -> Duration {
        let text = (try? String(contentsOfFile: "/proc/pressure/cpu", encoding: .utf8)) ?? ""
        let total = text.prefix { $0 != "\n" }.split(separator: "=").last.flatMap { Int64($0) }
        return .microseconds(total ?? 0)
    }
}
