// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway ports`.
struct PortsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract: "Show the running forwarder's ports: link, addresses, counters.",
        discussion: """
            EXAMPLES:
              freeway ports
              freeway ports --watch 5
              freeway ports --json | jq '.ports[] | {name, xstats}'

            IMISSED counts frames that the device dropped because the workers were too \
            slow. The drivers' extended statistics are in the JSON.
            """)

    @OptionGroup var options: QueryOptions

    func run() async throws {
        try await options.printReplies(of: .ports) { reply, previous, style in
            PortsTable(reply: reply, previous: previous).rendered(style)
        }
    }
}
