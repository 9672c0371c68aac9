// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Expectations
import Forwarding
import FreewayConfiguration
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

    @OptionGroup var input: InputOptions

    @OptionGroup var options: ReplayOptions

    @OptionGroup var incoming: IntakeOptions

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

    @Flag(help: "Print the ledger as one JSON object.")
    var json = false

    func validate() throws {
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
        guard !input.inputs.isEmpty else {
            throw ValidationError("nothing to replay: name a capture with --in port=file")
        }
        try PortFileRules.refuseTwice("--expect", expectations)
        guard order == nil || !expectations.isEmpty else {
            throw ValidationError(
                "--order says how to compare: name a capture with --expect port=file")
        }
        try refuseSameFile()
        try PortFileRules.refuseSharedPipe(input.named + expectations.map { ("--expect", $0) })
    }

    /// No output may take the place of an input, of another output or of what it is compared with.
    private func refuseSameFile() throws {
        var written = options.named.map { ("\($0) \($1)", $1.outputIdentity) }
        if let drops { written.append(("--drops \(drops)", PortFile.identity(of: drops))) }
        let uses = try PortFileRules.refuseSameFile(inputs: input.inputs, written: written)
        for file in expectations {
            if let identity = file.inputIdentity, let use = uses[identity], use.hasPrefix("--out") {
                throw ValidationError("--expect \(file): is the same file as \(use)")
            }
            if let output = options.outputs.first(where: { $0.port == file.port }),
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
            var replay = Replay(configuration)
            try options.configure(&replay, input)
            for file in expectations {
                try PortFileRules.requirePort(
                    file.port, of: configuration, "--expect \(file)")
            }
            let comparison = try ReplayExpectations(
                expectations.map { ($0.port, $0.path) }, progress: ProgressLine.shared.show)
            replay.outputs = comparison.outputs(options.paths)
            replay.intake = incoming.intake
            replay.rounds = loop
            replay.speed = pace == .capture ? speed ?? 1 : nil
            replay.keptDrops = keptDrops.dropSamples
            replay.dropsOutput = drops
            // What explains a difference has to be written down before there is one.
            replay.recordsJourneys = !expectations.isEmpty
            replay.journeyLimits.frames = 0..<ReplayExpectations.tracedFrames
            Interruption.watch()
            let outcome = try replay.run(machine: .current(), progress: ProgressLine.shared.show)
            var report = outcome.report
            Terminal.showProgress(nil)
            // What was kept for the comparison alone is no output.
            for port in report.ports.keys { report.ports[port]?.output = options.paths[port] }
            report.notes += comparison.notes
            let compared = ComparedReplay(
                report: report,
                expectations: try comparison.compare(
                    replay.outputs, rules: ComparisonRules(order: (order ?? .flow).order),
                    journeys: outcome.journeys))
            try show(compared, configuration)
            if !compared.isAsExpected { throw ExitCode(1) }
        } catch {
            throw CommandFailure.report(error)
        }
    }

    private func show(_ compared: ComparedReplay, _ configuration: Configuration) throws {
        try Terminal.show(compared, json: json, to: options.reportDescriptor) {
            try text(compared, configuration, $0)
        }
    }

    private func text(
        _ compared: ComparedReplay, _ configuration: Configuration, _ style: TextStyle
    ) throws -> String {
        let report = compared.report
        let ports = configuration.ports.compactMap { port in
            report.ports[port.name].map { (port.name, $0.totals) }
        }
        var text = LedgerTable(
            ledger: report.ledger, balanced: report.balanced, ports: ports,
            meanings: DropMeanings.all
        ).rendered(style)
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
            let body = try ControlJSON.text(answer.reply)
            text += "--step \(options.steps[answer.step]): \(body)"
        }
        for note in report.notes { text += "note: \(note)\n" }
        return text + compared.text
    }
}
