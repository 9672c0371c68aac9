// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Expectations
import Forwarding
import FreewayConfiguration
import Glibc
import Replays

/// What a replay waits for.
enum Pace: String, ExpressibleByArgument, CaseIterable {
    case fast, capture
}

/// `freeway replay`.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run captures through a configuration, with no NIC, root or huge pages.",
        discussion: """
            EXAMPLES:
              freeway replay config/cross-connect.yaml \\
                --in left=in.pcap --out right=out.pcap
              freeway replay config/router.yaml --any-mac \\
                --in wan=in.pcap --out wan=wan.pcap --out lan=lan.pcap
              freeway replay config/router.yaml --in wan=in.pcap --json \\
                | jq .ledger.dropped
              tcpdump -w - | freeway replay config/router.yaml --in wan=- --out lan=- \\
                | tshark -r -
              freeway replay config/router.yaml --in wan=in.pcap \\
                --drops dropped.pcapng
              freeway replay config/router.yaml --in wan=in.pcap \\
                --pace capture --speed 2 --loop 10
              freeway replay config/router.yaml --in wan=in.pcap \\
                --step 1s:link-down=wan --step 2s:reload=after.yaml \\
                --step end:query=/v1/stats
              freeway replay config/router.yaml --in wan=in.pcap --expect lan=lan.pcap

            The production pipeline runs; only the devices are captures. Frames of all \
            inputs enter in the order of their timestamps and leave with the time at \
            which they entered. A port without --in receives nothing; a port without \
            --out discards what it sends, counted. With --expect the exit code is 1, \
            with an explanation, when a port sent anything else than the capture holds. \
            Nothing waits, unless --pace capture asks for the recorded pace in real time.
            """)

    private static let mostRounds = 1_000_000_000

    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String

    @Option(
        name: .customLong("in"), parsing: .singleValue,
        help: ArgumentHelp(
            "The capture that a port receives: pcap or pcapng, also as .gz or .zst; - for standard input.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var inputs: [PortFile] = []

    @Option(
        name: .customLong("out"), parsing: .singleValue,
        help: ArgumentHelp(
            "Where to write what a port sends: pcap, or pcapng where the name ends so; - for standard output.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var outputs: [PortFile] = []

    @Option(
        name: .customLong("expect"), parsing: .singleValue,
        help: ArgumentHelp(
            "The capture, as for --in, that what a port sends is compared with.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var expectations: [PortFile] = []

    @Option(
        help: ArgumentHelp(
            """
            What must be in order when it is compared: flow (the frames of each flow), strict (all \
            frames of the port; padding counts, too), any (nothing). (default: flow)
            """, valueName: "order"))
    var order: ComparisonOrder?

    @Option(help: "How many workers: 1 to \(Plan.maximumReplayWorkers).")
    var workers = 1

    @Option(help: "fast waits for nothing; capture plays at the recorded pace in real time.")
    var pace = Pace.fast

    @Option(
        help: ArgumentHelp(
            "With --pace capture, how many times faster: 0.1 to 1000. (default: 1)",
            valueName: "factor"))
    var speed: Double?

    @Option(
        help: ArgumentHelp(
            "Play the inputs so many times, one after the other, while time goes on.",
            valueName: "times"))
    var loop = 1

    @Option(
        help: ArgumentHelp(
            "Write the frames that were dropped last, of each reason, as pcapng.",
            valueName: "file"),
        completion: .file(extensions: ["pcapng"]))
    var drops: String?

    @OptionGroup var keptDrops: DropSamplesOption
    @Option(
        name: .customLong("step"), parsing: .singleValue,
        help: ArgumentHelp(
            "What happens at a virtual time: reload=FILE, link-down=PORT, link-up=PORT or "
                + "query=PATH. The time counts from the first frame (1500ms, 2s), or is end.",
            valueName: "time:action=value"),
        completion: LiveCompletion.step, transform: StepText.parse)
    var steps: [StepText] = []

    @Flag(help: "Take frames for any destination MAC on every port.")
    var anyMac = false

    @Flag(help: "Print the ledger as one JSON object.")
    var json = false

    func validate() throws {
        guard (1...Plan.maximumReplayWorkers).contains(workers) else {
            throw ValidationError(
                "--workers takes 1 to \(Plan.maximumReplayWorkers), not \(workers)")
        }
        if let speed {
            guard pace == .capture else {
                throw ValidationError("--speed goes with --pace capture alone")
            }
            guard (0.1...1000).contains(speed) else {
                throw ValidationError("--speed takes 0.1 to 1000, not \(speed)")
            }
        }
        guard (1...Self.mostRounds).contains(loop) else {
            throw ValidationError("--loop takes 1 to \(Self.mostRounds), not \(loop)")
        }
        if let drops, drops.isEmpty || drops == "-" {
            throw ValidationError("--drops takes a file, not \"\(drops)\"")
        }
        guard !inputs.isEmpty else {
            throw ValidationError("nothing to replay: name a capture with --in port=file")
        }
        try refuseTwice("--in", inputs.map(\.port))
        try refuseTwice("--out", outputs.map(\.port))
        try refuseTwice("--expect", expectations.map(\.port))
        guard order == nil || !expectations.isEmpty else {
            throw ValidationError(
                "--order says how to compare: name a capture with --expect port=file")
        }
        try refuseSameFile()
        try PortFileRules.refuseSharedPipe(
            inputs.map { ("--in", $0) } + expectations.map { ("--expect", $0) })
        try PortFileRules.refuseTerminal(outputs)
    }

    /// Where the report goes: to standard error while standard output takes a capture.
    private var reportDescriptor: Int32 {
        outputs.contains(where: \.isStandardOutput) ? STDERR_FILENO : STDOUT_FILENO
    }

    private func refuseTwice(_ option: String, _ names: [String]) throws {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw ValidationError("\(option) names \(name) twice")
        }
    }

    /// Two ports cannot write one file, and an output must not take the place of an input.
    private func refuseSameFile() throws {
        var uses = Dictionary(
            inputs.compactMap { file in file.inputIdentity.map { ($0, "--in \(file)") } },
            uniquingKeysWith: { first, _ in first })
        let written =
            outputs.map { ("--out \($0)", $0.outputIdentity) }
            + (drops.map { [("--drops \($0)", PortFile.identity(of: $0))] } ?? [])
        for (use, identity) in written {
            guard let identity else { continue }
            if let other = uses.updateValue(use, forKey: identity) {
                throw ValidationError("\(use): is the same file as \(other)")
            }
        }
        for file in expectations {
            if let identity = file.inputIdentity, let use = uses[identity], use.hasPrefix("--out") {
                throw ValidationError("--expect \(file): is the same file as \(use)")
            }
            if let output = outputs.first(where: { $0.port == file.port }),
                output.isStandardOutput || output.outputIdentity == nil
            {
                throw ValidationError(
                    "--out \(output): is no file, so it cannot be compared with --expect \(file); "
                        + "leave --out of \(file.port) away")
            }
        }
    }

    func run() throws {
        Terminal.goOnUnread()
        do {
            let configuration = try Configuration.load(path: configuration)
            try checkPorts(configuration)
            let comparison = try ReplayExpectations(
                expectations.map { ($0.port, $0.path) }, progress: ProgressLine.shared.show)
            var replay = Replay(configuration)
            replay.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.path) })
            let named = Dictionary(uniqueKeysWithValues: outputs.map { ($0.port, $0.path) })
            replay.outputs = comparison.outputs(named)
            replay.workers = workers
            replay.admitsAny = anyMac
            replay.rounds = loop
            replay.speed = pace == .capture ? speed ?? 1 : nil
            replay.keptDrops = keptDrops.dropSamples
            replay.dropsOutput = drops
            replay.steps = try steps.map { try $0.step() }
            replay.version = Version.text
            try checkSteps(replay)
            // What explains a difference has to be written down before there is one.
            replay.recordsJourneys = !expectations.isEmpty
            replay.journeyLimits.frames = 0..<ReplayExpectations.tracedFrames
            Interruption.watch()
            let outcome = try replay.run(machine: .current(), progress: ProgressLine.shared.show)
            var report = outcome.report
            Terminal.showProgress(nil)
            // What was kept for the comparison alone is no output.
            for port in report.ports.keys { report.ports[port]?.output = named[port] }
            report.notes += comparison.notes
            let compared = ComparedReplay(
                report: report,
                expectations: try comparison.compare(
                    replay.outputs, rules: ComparisonRules(order: (order ?? .flow).order),
                    journeys: outcome.journeys))
            try show(compared, configuration)
            if !compared.isAsExpected { throw ExitCode(1) }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw CommandFailure.report(error)
        }
    }

    private func checkPorts(_ configuration: Configuration) throws {
        for (option, file) in inputs.map({ ("--in", $0) }) + outputs.map({ ("--out", $0) })
            + expectations.map({ ("--expect", $0) })
        {
            guard let problem = configuration.problem(withPort: file.port) else { continue }
            Terminal.writeError("\(option) \(file): \(problem)")
            throw ExitCode(64)
        }
    }

    private func checkSteps(_ replay: Replay) throws {
        for (text, step) in zip(steps, replay.steps) {
            guard let problem = step.problem(in: replay.configuration) else { continue }
            Terminal.writeError("--step \(text): \(problem)")
            throw ExitCode(64)
        }
    }

    private func show(_ compared: ComparedReplay, _ configuration: Configuration) throws {
        if json {
            Terminal.write(
                String(decoding: try ControlJSON.encode(compared), as: UTF8.self),
                to: reportDescriptor)
            return
        }
        let report = compared.report
        let ports = configuration.ports.compactMap { port in
            report.ports[port.name].map { (port.name, $0.totals) }
        }
        var text = LedgerTable(
            ledger: report.ledger, balanced: report.balanced, ports: ports,
            meanings: DropMeanings.all
        ).rendered(Terminal.style)
        text += "\n\(NumberText.grouped(report.ledger.received)) frames in "
        text += "\(NumberText.shortDuration(report.seconds)): "
        text += "\(NumberText.grouped(report.framesPerSecond)) frames/s, "
        text += "\(NumberText.bitRate(report.bitsPerSecond))\n"
        if let pace = report.pace { text += PaceText.lines(pace) }
        for port in configuration.ports {
            if let output = report.ports[port.name]?.output {
                text += "\(port.name) sent: \(output)\n"
            }
        }
        if let drops {
            let kept = report.drops.values.reduce(0) { $0 + $1.count }
            text += "dropped: \(kept) frames in \(drops)\n"
        }
        for answer in report.answers ?? [] {
            let body = String(decoding: try ControlJSON.encode(answer.reply), as: UTF8.self)
            text += "--step \(steps[answer.step]): \(body)"
        }
        for note in report.notes { text += "note: \(note)\n" }
        text += compared.text
        Terminal.write(text, to: reportDescriptor)
    }
}
