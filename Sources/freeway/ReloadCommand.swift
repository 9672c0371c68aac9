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
        let yaml: Data?
        do {
            yaml = try configuration.map { Data(try Configuration.contents(of: $0)) }
        } catch {
            throw CommandFailure.report(error)
        }
        let reply: ReloadReply
        do {
            if let yaml {
                reply = try await client.putConfiguration(yaml)
            } else {
                reply = try await client.reload()
            }
        } catch {
            throw report(error)
        }
        if json {
            Terminal.write(String(decoding: try ControlJSON.encode(reply), as: UTF8.self))
        } else {
            for warning in reply.warnings { Terminal.writeLines(named(warning)) }
            Terminal.write(ReloadTable(reply: reply, file: configuration).rendered(Terminal.style))
        }
    }

    /// What is wrong with the configuration goes out line by line, as `freeway check` has it.
    private func report(_ error: ControlClientError) -> ExitCode {
        if case .refused(_, let reply) = error, let problems = reply.error.problems {
            var lines = problems.map { named($0.description) }
            if let omitted = reply.error.omitted {
                lines.append("\(configuration ?? problems[0].path): and \(omitted) more errors")
            }
            Terminal.writeLines(lines.joined(separator: "\n"))
        } else {
            Terminal.writeError("\(error)")
        }
        return ExitCode(error.exitCode)
    }

    /// A line about the configuration: the forwarder does not know the name of a file that was sent.
    private func named(_ line: String) -> String {
        let sent = "PUT /v1/config"
        guard let configuration, line.hasPrefix(sent) else { return line }
        return configuration + line.dropFirst(sent.count)
    }
}
