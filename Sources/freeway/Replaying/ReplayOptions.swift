// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import FreewayConfiguration
import Glibc
import Replays

/// How a verb replays, beside what goes in.
struct ReplayOptions: ParsableArguments {
    @Option(
        name: .customLong("out"), parsing: .singleValue,
        help: ArgumentHelp(
            "Where to write what a port sends: pcap, or pcapng where the name ends so; - for standard output.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var outputs: [PortFile] = []

    @Option(help: "How many workers: 1 to \(Plan.maximumReplayWorkers).")
    var workers = 1

    @Option(
        name: .customLong("step"), parsing: .singleValue,
        help: ArgumentHelp(
            "What happens at a virtual time: reload=FILE, link-down=PORT, link-up=PORT or "
                + "query=PATH. The time counts from the first frame (1500ms, 2s), or is end.",
            valueName: "time:action=value"),
        completion: LiveCompletion.step, transform: StepText.parse)
    var steps: [StepText] = []

    func validate() throws {
        guard (1...Plan.maximumReplayWorkers).contains(workers) else {
            throw ValidationError(
                "--workers takes 1 to \(Plan.maximumReplayWorkers), not \(workers)")
        }
        try PortFileRules.refuseTwice("--out", outputs)
        try PortFileRules.refuseTerminal(outputs)
    }

    /// The file of each port.
    var paths: [String: String] {
        Dictionary(uniqueKeysWithValues: outputs.map { ($0.port, $0.path) })
    }

    /// The outputs as the user wrote them, each with its option.
    var named: [(option: String, file: PortFile)] { outputs.map { ("--out", $0) } }

    /// Where the report goes: to standard error while standard output takes a capture.
    var reportDescriptor: Int32 {
        outputs.contains(where: \.isStandardOutput) ? STDERR_FILENO : STDOUT_FILENO
    }

    /// Takes over what the options say.
    /// - Throws: `ExitCode` 64 when a port or a step has no place in the configuration.
    func configure(_ replay: inout Replay, _ input: InputOptions) throws {
        for (option, file) in input.named + named {
            try PortFileRules.requirePort(
                file.port, of: replay.configuration, "\(option) \(file)")
        }
        replay.inputs = input.paths
        replay.outputs = paths
        replay.workers = workers
        replay.admitsAny = input.anyMac
        replay.version = Version.text
        replay.steps = try steps.map { text in
            let step = try text.step()
            guard let problem = step.problem(in: replay.configuration) else { return step }
            Terminal.writeError("--step \(text): \(problem)")
            throw ExitCode(64)
        }
    }
}
