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

    @Option(
        name: .customLong("in"), parsing: .singleValue,
        help: ArgumentHelp(
            "The capture that a port receives: pcap or pcapng, also as .gz or .zst; - for standard input.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var inputs: [PortFile] = []

    @Flag(help: "Take frames for any destination MAC on every port.")
    var anyMac = false

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
        guard !inputs.isEmpty else {
            throw ValidationError("nothing to compare: name a capture with --in port=file")
        }
        guard (0...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes 0 to 1000000, not \(limit)")
        }
        try PortFileRules.refuseTwice("--in", inputs)
        try PortFileRules.refuseSharedPipe(inputs.map { ("--in", $0) })
    }

    func run() throws {
        Terminal.goOnUnread()
        do {
            if let side, let treatments {
                try replay(side == .old ? old : new, to: treatments)
            } else {
                try compare()
            }
        } catch let code as ExitCode {
            throw code
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
            for file in inputs {
                try PortFileRules.requirePort(file.port, of: configuration, "--in \(file)")
            }
        }
        Interruption.watch()
        let run = DiffRun(
            old: old, new: new, inputs: inputs.map { ($0.port, $0.path) }, limit: limit)
        let report = try run.run(
            { side, path, inputs in
                ["diff"] + inputs.flatMap { ["--in", "\($0.port)=\($0.path)"] }
                    + (anyMac ? ["--any-mac"] : []) + [
                        "--side", side.rawValue, "--treatments", path, "--", old, new,
                    ]
            },
            progress: { ProgressLine.shared.show("replaying: \($0.components.seconds) s") })
        Terminal.showProgress(nil)
        if json {
            Terminal.write(String(decoding: try ControlJSON.encode(report), as: UTF8.self))
        } else {
            Terminal.write(DiffText(report: report, style: Terminal.style).rendered)
        }
        if report.differing > 0 { throw ExitCode(1) }
    }

    /// One side, in a process of its own.
    private func replay(_ path: String, to file: String) throws {
        var side = DiffSide(try Configuration.load(path: path), ports: inputs.map(\.port))
        DiffSide.followParent()
        side.replay.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.path) })
        side.replay.admitsAny = anyMac
        let notes = try side.run(to: file, machine: .current())
        Terminal.write(String(decoding: try ControlJSON.encode(notes), as: UTF8.self))
    }
}

extension Substring {
    /// Without white space at its end.
    fileprivate var trimmedEnd: Substring {
        self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)]
    }
}
