// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import ControlPlane
import FreewayConfiguration

/// `freeway explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what each stage does with a frame, and why.")

    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String

    @Option(
        name: .customLong("in"), parsing: .singleValue,
        help: ArgumentHelp(
            "The capture (pcap or pcapng) that a port receives.", valueName: "port=file"))
    var inputs: [PortFile] = []

    @Option(
        name: .customLong("out"), parsing: .singleValue,
        help: ArgumentHelp("Where to write what a port sends (pcap).", valueName: "port=file"))
    var outputs: [PortFile] = []

    @Option(
        help: ArgumentHelp(
            "The frame of the capture, from 1; with several captures, port:number.",
            valueName: "number"))
    var frame: FrameSelection?

    @Option(help: "The most frames that are told of, from the first on.")
    var limit = 20

    @Option(help: "How many workers: 1 to \(Plan.maximumReplayWorkers).")
    var workers = 1

    @Flag(help: "Take frames for any destination MAC on every port.")
    var anyMac = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        do {
            let configuration = try Configuration.load(path: configuration)
            var replay = Replay(configuration)
            replay.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.path) })
            replay.outputs = Dictionary(uniqueKeysWithValues: outputs.map { ($0.port, $0.path) })
            replay.workers = workers
            replay.admitsAny = anyMac
            replay.recordsJourneys = true
            replay.journeyLimits = .whole(frames: 0..<limit)
            if let frame {
                replay.journeyLimits.onlyFrame = (frame.port ?? inputs[0].port, frame.number)
            }
            Interruption.watch()
            let outcome = try replay.run(machine: .current())
            let journeys = outcome.journeys!
            let frames = journeys.indices.map { index in
                ExplainedFrame(
                    journey: journeys[index], entryBytes: journeys.bytesAtEntry(of: index),
                    exitBytes: journeys.bytesAtExit(of: index))
            }
            let explanation = Explanation(
                frames: frames, omitted: frame == nil ? journeys.frameCount - frames.count : 0,
                notes: outcome.report.notes)
            Terminal.write(String(decoding: try ControlJSON.encode(explanation), as: UTF8.self))
        } catch let code as ExitCode {
            throw code
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
