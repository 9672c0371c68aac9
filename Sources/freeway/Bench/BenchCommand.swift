// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaseRunner
import ControlAPI
import Forwarding
import FreewayConfiguration
import Replays

/// `freeway bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how many packets a second this machine forwards.",
        discussion: """
            EXAMPLES:
              freeway bench
              freeway bench config/router.yaml --workload config --workload imix
              freeway bench --workload route --workers 4 --seconds 10
              freeway bench --workload route --json | jq .workloads[0].mpps

            The production pipeline runs, with an endless source of different frames for each \
            worker and a sink; with a configuration its ports' devices give way to these. No \
            NIC, root or huge pages are needed, and what a NIC costs is not in the figures. \
            Cycles are ticks of the time stamp counter.

            WORKLOADS:
            \(BenchWorkload.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            EXIT CODES:
              0 measured · 64 usage · 65 or 66 the capture · 70 frames were lost
              71 memory · 73 the capture to save · 74 standard output cannot be written
              78 bad configuration · 130 interrupted, with what was measured
            """)

    @Argument(
        help: "The configuration file; built-in workloads are measured without one.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?

    @Option(
        name: .customLong("workload"), parsing: .singleValue,
        help: ArgumentHelp(
            "What to measure; may be repeated. (default: the first seven; config with a file)",
            valueName: "name"),
        completion: .list(BenchWorkload.allCases.map(\.rawValue)))
    var names: [String] = []

    @Option(help: "How long each workload is measured: more than 0, up to 3600. (default: 2)")
    var seconds: Double?

    @Option(
        help: """
            How many workers: 1 to \(Bench.mostWorkers). (default: the file's; otherwise 1, and 2 \
            for hand-off)
            """)
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "auto, huge or ordinary. (default: the file's; otherwise auto)", valueName: "kind"))
    var pages: PageKind?

    @Option(
        help: ArgumentHelp(
            "Stop once so many frames left, in place of --seconds.", valueName: "count"))
    var frames: UInt64?

    @Option(
        help: ArgumentHelp(
            """
            Repeat the frames of this capture (pcap or pcapng) in place of generated ones. The port \
            takes the MAC address that the first frame is sent to.
            """, valueName: "file"),
        completion: .file(extensions: ["pcap", "pcapng"]))
    var capture: String?

    @Option(
        help: ArgumentHelp(
            "Also write the frames of the first worker's source (pcap).", valueName: "file"),
        completion: .file(extensions: ["pcap"]))
    var saveCapture: String?

    @Flag(
        help: """
            Do not look where the cycles go: the loop is then the very one of freeway run.
            """)
    var noStages = false

    @Flag(help: "Print the figures as one JSON object.")
    var json = false

    /// How `freeway bench` runs one of several workloads.
    @Flag(help: .private)
    var child = false

    private static let mostFrames: UInt64 = 1_000_000_000_000

    /// The workloads that are asked for; of a misspelt one the first.
    var workloads: Result<[BenchWorkload], ValidationError> {
        let choices = configuration == nil ? BenchWorkload.builtIn : BenchWorkload.ofFile
        if names.isEmpty {
            return .success(configuration == nil ? BenchWorkload.usual : [.config])
        }
        var chosen: [BenchWorkload] = []
        for name in names {
            guard let workload = choices.first(where: { $0.rawValue == name }) else {
                let list = choices.map(\.rawValue).joined(separator: ", ")
                if let other = BenchWorkload(rawValue: name) {
                    return .failure(
                        ValidationError(
                            configuration == nil
                                ? "--workload \(other.rawValue) goes with a configuration file"
                                : "--workload \(other.rawValue) goes without a configuration file; "
                                    + "with one there are \(list)"))
                }
                let near = Spelling.nearest(to: name, among: choices.map(\.rawValue))
                return .failure(
                    ValidationError(
                        "there is no workload \"\(name)\"; "
                            + (near.map { "did you mean \"\($0)\"? There" } ?? "there")
                            + " are \(list)"))
            }
            guard !chosen.contains(workload) else {
                return .failure(ValidationError("--workload names \(name) twice"))
            }
            chosen.append(workload)
        }
        return .success(chosen)
    }

    func validate() throws {
        let workloads = try workloads.get()
        if let seconds {
            guard seconds > 0, seconds <= 3_600 else {
                throw ValidationError("--seconds takes more than 0, up to 3600, not \(seconds)")
            }
            guard frames == nil else {
                throw ValidationError("--seconds and --frames exclude each other")
            }
        }
        if let frames, !(1...Self.mostFrames).contains(frames) {
            throw ValidationError("--frames takes 1 to \(Self.mostFrames), not \(frames)")
        }
        if let workers, !(1...Bench.mostWorkers).contains(workers) {
            throw ValidationError("--workers takes 1 to \(Bench.mostWorkers), not \(workers)")
        }
        if workers == 1, workloads.contains(.handOff), !names.isEmpty {
            throw ValidationError("--workload hand-off takes 2 workers or more, not 1")
        }
        if capture != nil, workloads.contains(.imix) {
            throw ValidationError("--workload imix makes its frames itself: leave --capture away")
        }
        if saveCapture != nil {
            guard capture == nil else {
                throw ValidationError(
                    "--save-capture writes generated frames: leave --capture away")
            }
            guard workloads.count == 1 else {
                throw ValidationError("--save-capture takes one workload: name it with --workload")
            }
        }
    }

    func run() throws {
        Terminal.goOnUnread()
        do {
            if child { Lifeline.watch() }
            let workloads = try workloads.get()
            let file = try configuration.map { try Configuration.load(path: $0) }
            Interruption.watch()
            let report =
                workloads.count == 1
                ? try measure(workloads[0], file) : try BenchSeries(command: self).run(workloads)
            Terminal.showProgress(nil)
            try Terminal.show(report, json: json) { BenchTable(report: report).rendered($0) }
            if report.interrupted { throw ExitCode(130) }
        } catch {
            Terminal.showProgress(nil)
            throw CommandFailure.report(error)
        }
    }

    private func measure(
        _ workload: BenchWorkload, _ file: Configuration?
    ) throws -> BenchReport {
        var bench = Bench(workload)
        bench.configuration = file
        bench.workers = workers
        bench.pages = pages?.pages
        bench.extent = frames.map { .frames($0) } ?? .seconds(seconds ?? 2)
        bench.capture = capture
        bench.savedCapture = saveCapture
        bench.samplesStages = !noStages
        let result = try bench.run(machine: .current()) { phase in
            switch phase {
            case .reading(let capture): ProgressLine.shared.show(capture)
            case .preparing: Terminal.showProgress("\(workload.rawValue): preparing")
            case .measuring(let share):
                Terminal.showProgress("\(workload.rawValue): \(NumberText.percent(share))")
            }
        }
        return BenchReport(workloads: [result], interrupted: result.interrupted)
    }
}

/// `memory.pages`, as the command line names it.
enum PageKind: String, ExpressibleByArgument, CaseIterable {
    case auto, huge, ordinary

    var pages: Configuration.Memory.Pages {
        switch self {
        case .auto: .automatic
        case .huge: .huge
        case .ordinary: .ordinary
        }
    }
}
