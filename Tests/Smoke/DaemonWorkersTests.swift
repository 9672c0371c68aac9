// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Several workers, pinned and floating.
@Suite struct DaemonWorkersTests {
    @Test("more workers than CPUs float, and all forward", arguments: [2, 4])
    func floatingOnNull(workers: Int) async throws {
        try await DaemonProcess.with(BusyConfiguration.null(workers: "\(workers)")) { daemon in
            let busy = try await firstAnswer {
                let reply = try await daemon.query("workers", as: WorkersReply.self)
                return reply.workers.allSatisfy { $0.received.frames > 0 } ? reply : nil
            }
            #expect(busy?.workers.count == workers)
            #expect(try await daemon.stats().workers == workers)
        }
    }

    @Test("workers without a queue of their own get their flows by hand-off", arguments: [2, 4])
    func handoff(workers: Int) async throws {
        try await DaemonProcess.with(BusyConfiguration.capture(workers: "\(workers)")) { daemon in
            let busy = try await firstAnswer {
                let reply = try await daemon.query("workers", as: WorkersReply.self)
                return reply.workers.dropFirst().allSatisfy { $0.taken > 0 } ? reply : nil
            }
            let first = try #require(busy?.workers.first)
            #expect(first.handedOff > 0)
            #expect(first.queues.map(\.port).contains("left"))
            let stats = try await daemon.stats()
            #expect(stats.handoff.rxHandoff > 0)
            #expect(stats.balanced)
        }
    }

    @Test(
        "no control thread runs on a pinned worker's CPU",
        .enabled(if: Conditions.processorCount > 1, "needs two CPUs"))
    func affinity() async throws {
        try await DaemonProcess.with(BusyConfiguration.null(workers: "[1]")) { daemon in
            // The threads of the HTTP server exist once it was asked.
            _ = try await daemon.stats()
            let tasks = "/proc/\(daemon.process.pid)/task"
            var workers = 0
            for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
                guard
                    let text = try? String(
                        contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8),
                    let list = text.split(separator: "\n").first(where: {
                        $0.hasPrefix("Cpus_allowed_list:")
                    })
                else { continue }
                let cpus = list.dropFirst("Cpus_allowed_list:".count).trimmingPrefix(
                    while: \.isWhitespace)
                if cpus == "1" {
                    workers += 1
                    #expect(text.contains("Name:\trte-worker-1\n"))
                } else {
                    #expect(CPUList(cpus).contains(1) == false, "\(text.prefix(30)): \(cpus)")
                }
            }
            #expect(workers == 1)
        }
    }

    /// The kernel's notation: `0,2-3`.
    private struct CPUList {
        let ranges: [ClosedRange<Int>]

        init(_ text: some StringProtocol) {
            ranges = text.split(separator: ",").compactMap {
                let ends = $0.split(separator: "-").compactMap { Int($0) }
                guard let first = ends.first, let last = ends.last else { return nil }
                return first...last
            }
        }

        func contains(_ cpu: Int) -> Bool { ranges.contains { $0.contains(cpu) } }
    }
}
