// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import FoundationEssentials
import FreewayConfiguration

/// `freeway routes`.
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Show and change the routes of the running forwarder.",
        subcommands: [RoutesShowCommand.self, RoutesGetCommand.self, RoutesLoadCommand.self])
}

/// `freeway routes load`.
struct RoutesLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Add, replace and delete routes: all changes of a file, or none.",
        discussion: """
            EXAMPLES:
              freeway routes load changes.txt
              printf 'add 10.0.0.0/8 via 192.0.2.9\\n' | freeway routes load -
              freeway routes load --json changes.txt | jq .added

            One change a line, in the words of ip route, with # in front of comments:
              add 10.0.0.0/8 via 192.0.2.9
              replace 10.0.0.0/8 nexthop via 192.0.2.9 weight 2 nexthop via 192.0.2.10
              add blackhole 10.1.0.0/16
              delete 10.0.0.0/8

            The routes live beside those of the configuration, which they cannot change, until \
            the forwarder stops. A reload keeps those whose next hop is still on a network.
            """)

    @Argument(help: "A file with changes; - for standard input.", completion: .file())
    var file: String

    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print what changed as one JSON object.")
    var json = false

    func run() async throws {
        var client = controlSocket.client
        // Millions of changes take seconds.
        client.timeLimit = .seconds(90)
        do {
            let text = Data(try Configuration.contents(of: file == "-" ? "/dev/stdin" : file))
            let reply = try await client.changeRoutes(text)
            try Terminal.show(reply, json: json) { _ in
                let counts = [
                    ("added", reply.added), ("replaced", reply.replaced),
                    ("deleted", reply.deleted),
                ].filter { $0.1 > 0 }.map { "\(NumberText.grouped(UInt64($0.1))) \($0.0)" }
                let changed = counts.isEmpty ? "nothing changed" : counts.joined(separator: ", ")
                return "\(changed) in \(NumberText.shortDuration(reply.seconds)); "
                    + "\(NumberText.grouped(UInt64(reply.routes))) routes beside the configuration's\n"
            }
        } catch {
            throw report(error)
        }
    }

    /// What is wrong with the changes goes out line by line, under the file's name.
    private func report(_ error: any Error) -> ExitCode {
        guard let refusal = error as? ControlClientError, case .refused(_, let reply) = refusal,
            let problems = reply.error.problems, !problems.isEmpty
        else { return CommandFailure.report(error) }
        var lines = problems.map { problem in
            var problem = problem
            problem.path = file
            return problem.description
        }
        if let omitted = reply.error.omitted { lines.append("\(file): and \(omitted) more errors") }
        Terminal.writeLines(lines.joined(separator: "\n"))
        return ExitCode(refusal.exitCode)
    }
}
