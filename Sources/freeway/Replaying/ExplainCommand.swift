// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import FreewayConfiguration
import PacketFields
import Replays

/// `freeway explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what each stage does with a frame, and why.",
        discussion: """
            EXAMPLES:
              freeway explain config/router.yaml --in wan=in.pcap --frame 3
              freeway explain config/router.yaml --port wan \\
                --packet "ipv4 10.0.0.1 > 192.0.2.7 udp 1000 > 53 ttl 1"
              freeway explain --socket /run/freeway/freeway.sock --port wan \\
                --packet "ipv4 10.0.0.1 > 192.0.2.7 tcp 1000 > 443"
              freeway explain config/vlan-trunk.yaml --port trunk.100 \\
                --packet "ipv4 10.0.0.1 > 192.0.2.7 icmp"

            The frames run through the production stages, as in a replay; the stages \
            themselves tell. With --socket a copy of the frame runs through the tables \
            of a running forwarder, which sends nothing and counts nothing.

            A packet is "ipv4|ipv6|arp ADDRESS > ADDRESS", then "udp|tcp PORT > PORT", \
            "icmp [TYPE [CODE]]" or "protocol NUMBER", then options: ttl N, tos N, id N, \
            df, mf, offset N, length N, flags LETTERS, checksum N, payload HEX, vlan N, \
            from MAC, to MAC. It is sent to the port's own MAC, with right checksums, \
            unless it says otherwise.
            """)

    @Argument(
        help: "The configuration file; none with --socket.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?

    @OptionGroup var input: InputOptions

    @OptionGroup var options: ReplayOptions

    @Option(
        help: ArgumentHelp(
            "One frame of the capture, from 1; with several captures, port:number.",
            valueName: "number"))
    var frame: FrameSelection?

    @Option(help: "The most frames to tell of, from the first on: 1 to 100000.")
    var limit = 20

    @Option(
        help: ArgumentHelp(
            "One frame, in hexadecimal digits or as a hex dump.", valueName: "digits"))
    var hex: String?

    @Option(help: ArgumentHelp("One packet, in words; see above.", valueName: "words"))
    var packet: String?

    @Option(
        help: ArgumentHelp(
            "The port that receives it, or the interface, whose tags a packet in words gets.",
            valueName: "name"),
        completion: LiveCompletion.port)
    var port: String?

    @Option(
        help: ArgumentHelp(
            "Ask the forwarder with this control socket. (environment: FREEWAY_SOCKET, where there "
                + "is no configuration)", valueName: "path"),
        completion: .file())
    var socket: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit takes 1 to 100000, not \(limit)")
        }
        let sources = [!input.inputs.isEmpty, hex != nil, packet != nil].filter { $0 }.count
        guard sources == 1 else {
            throw ValidationError(
                sources == 0
                    ? "nothing to explain: give --in port=file, --hex or --packet"
                    : "--in, --hex and --packet each name frames: give one of them")
        }
        try validateFrames()
        try validateForwarder()
        try PortFileRules.refuseSameFile(
            inputs: input.inputs,
            written: options.named.map { ("\($0) \($1)", $1.outputIdentity) })
        try PortFileRules.refuseSharedPipe(input.named)
    }

    private func validateFrames() throws {
        if input.inputs.isEmpty {
            guard port != nil else {
                throw ValidationError(
                    "which port receives the frame? Give its name with --port")
            }
            if frame != nil {
                throw ValidationError("--frame takes a frame of a capture: give --in")
            }
        } else {
            if port != nil {
                throw ValidationError("--port goes with --hex and --packet; --in names its port")
            }
            let names = input.inputs.map(\.port).joined(separator: ", ")
            if let frame, frame.port == nil, input.inputs.count > 1 {
                throw ValidationError(
                    "--frame \(frame.number): of which port? Write port:\(frame.number), with one of "
                        + names)
            }
            if let named = frame?.port, !input.inputs.contains(where: { $0.port == named }) {
                throw ValidationError(
                    "--frame \(named):\(frame?.number ?? 0): there is no --in for \(named), only for "
                        + names)
            }
        }
    }

    /// The running forwarder's, where one is to be asked.
    private var socketOfForwarder: String? {
        socket ?? (configuration == nil ? Terminal.environment("FREEWAY_SOCKET") : nil)
    }

    private func validateForwarder() throws {
        guard let socket = socketOfForwarder else {
            guard configuration != nil else {
                throw ValidationError(
                    "name a configuration, or a running forwarder with --socket or $FREEWAY_SOCKET")
            }
            return
        }
        guard !socket.isEmpty else {
            throw ValidationError("--socket takes a path, not an empty text")
        }
        guard configuration == nil else {
            throw ValidationError(
                "a configuration and --socket: the running forwarder has its own, leave one out")
        }
        guard options.outputs.isEmpty, options.steps.isEmpty, options.workers == 1, !input.anyMac
        else {
            throw ValidationError(
                "--out, --step, --workers and --any-mac are for replays, not for --socket")
        }
        guard input.inputs.isEmpty else {
            throw ValidationError(
                "--in takes a configuration, which is missing; a running forwarder (--socket, or "
                    + "$FREEWAY_SOCKET) takes one frame: give --hex or --packet, and --port")
        }
    }

    func run() async throws {
        do {
            if let socket = socketOfForwarder {
                try await ask(socket)
            } else {
                try replay()
            }
        } catch {
            throw CommandFailure.report(error)
        }
    }

    private func replay() throws {
        let configuration = try Configuration.load(path: configuration ?? "")
        var explainer = Explainer(configuration)
        try options.configure(&explainer.replay, input)
        Interruption.watch()
        guard let name = port else { return try explainCaptures(explainer) }
        let entrance = Entrance(name, of: configuration)
        try PortFileRules.requirePort(
            entrance.port, of: configuration, "--port \(name)", calling: configuration.path)
        let bytes = try frameBytes(entrance, mac: explainer.mac(of: entrance.port))
        try show(explainer.explain(bytes, from: entrance.port, machine: .current()))
    }

    private func explainCaptures(_ explainer: Explainer) throws {
        let only = frame.map { ($0.port ?? input.inputs[0].port, $0.number) }
        let explanation = try explainer.explainCaptures(
            only: only, limit: limit, machine: .current(), progress: ProgressLine.shared.show)
        Terminal.showProgress(nil)
        guard let explanation else {
            let path = input.inputs.first { $0.port == only?.0 }?.path ?? ""
            Terminal.writeError(
                "--frame \(frame?.number ?? 0): \(path) has fewer frames; freeway replay says how many"
            )
            throw ExitCode(64)
        }
        try show(explanation)
    }

    private func ask(_ path: String) async throws {
        let client = ControlClient(socketPath: path)
        let status = try await client.get(.interfaces).interfaces[port ?? ""]
        let entrance = Entrance(port ?? "", status)
        let digits = try frameBytes(entrance, mac: status?.mac).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }
        try show(
            await client.explain(ExplainRequest(port: entrance.port, hex: digits.joined())))
    }

    /// The frame of `--hex` or `--packet`.
    private func frameBytes(_ entrance: Entrance, mac: String?) throws -> [UInt8] {
        do {
            return try entrance.frame(hex: hex, packet: packet ?? "", mac: mac ?? "")
        } catch let problem as Entrance.Problem {
            Terminal.writeError("\(problem)")
            throw ExitCode(64)
        } catch {
            Terminal.writeError("\(hex == nil ? "--packet" : "--hex"), \(error)")
            throw ExitCode(64)
        }
    }

    private func show(_ explanation: Explanation) throws {
        try Terminal.show(explanation, json: json, to: options.reportDescriptor) {
            ExplanationText(explanation: explanation, style: $0).rendered
        }
    }
}
