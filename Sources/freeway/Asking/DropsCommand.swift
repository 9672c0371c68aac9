// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding

/// `freeway drops`.
struct DropsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drops",
        abstract: "Show what the running forwarder dropped, and why; look at the last frames.",
        discussion: """
            EXAMPLES:
              freeway drops
              freeway drops --watch
              freeway drops noRoute
              freeway drops noRoute --pcap noRoute.pcapng
              freeway drops badChecksum --pcap - | tshark -r - -V

            Without a reason, all reasons with counts and rates. With one, the frames \
            that were dropped last for it, with the field that decided; --pcap writes \
            them with the reason in each frame's comment.
            """)

    @Argument(
        help: "A drop reason, as the list names it.", completion: LiveCompletion.dropReason)
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "Write the reason's frames as pcapng; - for standard output.", valueName: "file"),
        completion: .file(extensions: ["pcapng"]))
    var pcap: String?

    @OptionGroup var options: QueryOptions

    func validate() throws {
        guard let pcap else { return }
        guard !pcap.isEmpty else {
            throw ValidationError("--pcap takes a file or -, not an empty text")
        }
        guard reason != nil else {
            throw ValidationError(
                "--pcap needs a reason: freeway drops REASON --pcap \(pcap); freeway drops lists them"
            )
        }
        guard !options.json, options.watch == nil else {
            throw ValidationError("--pcap goes with neither --json nor --watch")
        }
    }

    func run() async throws {
        guard let reason else {
            return try await options.printReplies(of: .drops) { reply, previous, style in
                DropsTable(reply: reply, previous: previous).rendered(style)
            }
        }
        if let pcap { return try await write(reason, to: pcap) }
        try await options.printReplies(of: .dropsOfReason, name: reason) { reply, _, style in
            DroppedFramesTable(reply: reply).rendered(style)
        }
    }

    private func write(_ reason: String, to path: String) async throws {
        do {
            let reply = try await options.client.get(.dropsOfReason, name: reason)
            let order = try await options.client.get(.stats).portOrder
            let named = Set(reply.samples.map { $0.port ?? DropCapture.unknownPort })
            let ports = order.filter(named.contains) + named.subtracting(order).sorted()
            let capture = try DropCapture(path: path, ports: ports)
            try capture.write(reply.samples)
            try capture.publish()
            if path != "-" {
                let frames = reply.samples.count == 1 ? "1 frame" : "\(reply.samples.count) frames"
                Terminal.write("\(frames) of \(reply.count.reason) written to \(path)\n")
            }
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
