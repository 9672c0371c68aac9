// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration
import Replays

/// Several workloads, one after the other, each in a process of its own: DPDK starts once in a process.
struct BenchSeries {
    let command: BenchCommand

    func run(_ workloads: [BenchWorkload]) throws -> BenchReport {
        var report = BenchReport(workloads: [])
        for workload in affordable(workloads, &report.notes) {
            let one = try measure(workload)
            report.workloads += one.workloads
            report.notes += one.notes
            if one.interrupted || Interruption.isRequested {
                report.interrupted = true
                break
            }
        }
        return report
    }

    /// Without those that nobody named and that the machine has no memory for.
    private func affordable(
        _ workloads: [BenchWorkload], _ notes: inout [String]
    ) -> [BenchWorkload] {
        guard command.names.isEmpty, command.configuration == nil else { return workloads }
        return workloads.filter { workload in
            if workload == .handOff, command.workers == 1 {
                notes.append("hand-off was left out: it takes 2 workers or more")
                return false
            }
            guard workload == .route1m else { return true }
            var bench = Bench(workload)
            bench.workers = command.workers
            bench.pages = command.pages?.pages
            guard let missing = bench.missingMemory(.current()) else { return true }
            notes.append("\(workload.rawValue) was left out: \(missing)")
            return false
        }
    }

    private func measure(_ workload: BenchWorkload) throws -> BenchReport {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments(workload)
        let output = Pipe()
        // The child ends when this process does, however that happens.
        let lifeline = Pipe()
        process.standardOutput = output
        process.standardInput = lifeline
        try process.run()
        defer { withExtendedLifetime(lifeline) {} }
        var isTold = false
        while process.isRunning {
            if Interruption.isRequested, !isTold {
                isTold = true
                process.interrupt()
            }
            usleep(10_000)
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        guard process.terminationReason == .exit else {
            Terminal.writeError(
                "\(workload.rawValue): the process ended by signal \(process.terminationStatus)")
            throw ExitCode(70)
        }
        if let report = try? ControlJSON.decode(BenchReport.self, from: data),
            [0, 130].contains(process.terminationStatus)
        {
            return report
        }
        // It had nothing yet; what the others had is still worth showing.
        if process.terminationStatus == 130 { return BenchReport(workloads: [], interrupted: true) }
        // The child has said what is wrong.
        throw ExitCode(process.terminationStatus == 0 ? 70 : process.terminationStatus)
    }

    private func arguments(_ workload: BenchWorkload) -> [String] {
        var words = ["bench", "--child", "--json", "--workload", workload.rawValue]
        if let seconds = command.seconds { words += ["--seconds", "\(seconds)"] }
        if let frames = command.frames { words += ["--frames", "\(frames)"] }
        if let workers = command.workers { words += ["--workers", "\(workers)"] }
        if let pages = command.pages { words += ["--pages", pages.rawValue] }
        if let capture = command.capture { words += ["--capture", capture] }
        if command.noStages { words.append("--no-stages") }
        if let configuration = command.configuration { words += ["--", configuration] }
        return words
    }
}
