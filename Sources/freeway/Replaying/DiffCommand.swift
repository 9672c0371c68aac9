// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import FreewayConfiguration
import Replays

/// `freeway diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell which frames of captures two configurations treat differently.",
        discussion: """
            EXAMPLES:
              freeway diff old.yaml new.yaml --in wan=wan.pcap --in lan=lan.pcap
              git show HEAD:freeway.yaml > /tmp/old.yaml
              freeway diff /tmp/old.yaml freeway.yaml --in wan=in.pcap --json | jq .groups

            Both configurations replay the captures. Frames that leave by another port, \
            with other bytes, or for whom a drop reason changes, are grouped by the \
            change and named by flow. The exit code is 0 when there are none, 1 when \
            there are some.
            """)

    @Argument(
        help: "The configuration before the change.",
        completion: .file(extensions: ["yaml", "yml"]))
    var old: String

    @Argument(
        help: "The configuration after the change.",
        completion: .file(extensions: ["yaml", "yml"]))
    var new: String

    @OptionGroup var input: InputOptions

    @Option(help: "The most flows to name for each change: 0 to 1000000.")
    var limit = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: .private)
    var side: Side?

    @Option(help: .private)
    var treatments: String?

    enum Side: String, ExpressibleByArgument {
        case old, new
    }

    func validate() throws {
        guard !input.inputs.isEmpty else {
            throw ValidationError("nothing to compare: name a capture with --in port=file")
        }
        guard (0...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes 0 to 1000000, not \(limit)")
        }
        try PortFileRules.refuseSharedPipe(input.named)
    }

    func run() throws {
        Terminal.goOnUnread()
        do {
            if let side, let treatments {
                try replay(side == .old ? old : new, to: treatments)
            } else {
                try compare()
            }
        } catch let failure as DiffRun.SideFailure {
            Terminal.writeLines(String(failure.errors.drop { $0 == "\n" }.trimmedEnd))
            throw ExitCode(failure.code)
        } catch {
            throw CommandFailure.report(error)
        }
    }

    private func compare() throws {
        for path in [old, new] {
            let configuration = try Configuration.load(path: path)
            for file in input.inputs {
                try PortFileRules.requirePort(
                    file.port, of: configuration, "--in \(file)", calling: path)
            }
        }
        Interruption.watch()
        let run = DiffRun(
            old: old, new: new, inputs: input.inputs.map { ($0.port, $0.path) }, limit: limit)
        let report = try run.run(
            { side, path, inputs in
                ["diff"] + inputs.flatMap { ["--in", "\($0.port)=\($0.path)"] }
                    + (input.anyMac ? ["--any-mac"] : []) + [
                        "--side", side.rawValue, "--treatments", path, "--", old, new,
                    ]
            },
            progress: { ProgressLine.shared.show("replaying: \($0.components.seconds) s") })
        Terminal.showProgress(nil)
        try Terminal.show(report, json: json) { DiffText(report: report, style: $0).rendered }
        if report.differing > 0 { throw ExitCode(1) }
    }

    /// One side, in a process of its own.
    private func replay(_ path: String, to file: String) throws {
        var side = DiffSide(try Configuration.load(path: path), ports: input.inputs.map(\.port))
        DiffSide.followParent()
        side.replay.inputs = input.paths
        side.replay.admitsAny = input.anyMac
        let notes = try side.run(to: file, machine: .current())
        Terminal.write(try ControlJSON.text(notes))
    }
}

extension Substring {
    /// Without white space at its end.
    fileprivate var trimmedEnd: Substring {
        self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)]
    }
}
