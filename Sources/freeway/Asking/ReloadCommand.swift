// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import FoundationEssentials
import FreewayConfiguration

/// `freeway reload`.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Put another configuration in force while the forwarder runs.",
        discussion: """
            EXAMPLES:
              freeway reload
              freeway reload new-routes.yaml
              freeway reload --json | jq .routes

            Without CONFIGURATION the forwarder reads the file again that it was started \
            with. All of the new configuration takes effect, or nothing: what is wrong with \
            it is listed as freeway check does, and the old one stays in force. Routes, \
            neighbours, cross-connects, addresses, MACs, MTUs, admit, the hash and the log can change; \
            devices, ports, queues, workers, memory and the control socket need a restart.
            """)

    @Argument(
        help: "A configuration file, in place of the forwarder's own.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?

    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print what changed as one JSON object.")
    var json = false

    func run() async throws {
        var client = controlSocket.client
        // A million routes take seconds.
        client.timeLimit = .seconds(60)
        do {
            let yaml = try configuration.map { Data(try Configuration.contents(of: $0)) }
            let reply =
                if let yaml { try await client.putConfiguration(yaml) } else {
                    try await client.reload()
                }
            if !json { for warning in reply.warnings { Terminal.writeLines(named(warning)) } }
            try Terminal.show(reply, json: json) {
                ReloadTable(reply: reply, file: configuration).rendered($0)
            }
        } catch {
            throw report(error)
        }
    }

    /// What is wrong with the configuration goes out line by line, as `freeway check` has it.
    private func report(_ error: any Error) -> ExitCode {
        guard let refusal = error as? ControlClientError, case .refused(_, let reply) = refusal,
            let problems = reply.error.problems
        else { return CommandFailure.report(error) }
        var lines = problems.map { named($0.description) }
        if let omitted = reply.error.omitted {
            lines.append("\(configuration ?? problems[0].path): and \(omitted) more errors")
        }
        Terminal.writeLines(lines.joined(separator: "\n"))
        return ExitCode(refusal.exitCode)
    }

    /// A line about the configuration: the forwarder does not know the name of a file that was sent.
    private func named(_ line: String) -> String {
        let sent = "PUT /v1/config"
        guard let configuration, line.hasPrefix(sent) else { return line }
        return configuration + line.dropFirst(sent.count)
    }
}
