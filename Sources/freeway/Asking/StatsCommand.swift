// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway stats`.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show where every packet of the running forwarder went.",
        discussion: """
            EXAMPLES:
              freeway stats
              freeway stats --watch
              freeway stats --json | jq .ledger.dropped

            Reading never stops a worker. “balanced NO” is a bug of Freeway: please \
            report it.
            """)

    @OptionGroup var options: QueryOptions

    func run() async throws {
        try await options.printReplies(of: .stats) { reply, previous, style in
            StatsTable(reply: reply, previous: previous).rendered(style)
        }
    }
}
