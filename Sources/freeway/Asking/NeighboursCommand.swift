// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway neighbours`.
struct NeighboursCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbours",
        abstract: "Show and change what the running forwarder knows of hosts on its networks.",
        subcommands: [
            NeighboursShowCommand.self, NeighboursAddCommand.self, NeighboursDeleteCommand.self,
            NeighboursFlushCommand.self,
        ], defaultSubcommand: NeighboursShowCommand.self)
}

/// `freeway neighbours show`.
struct NeighboursShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the neighbours, their MAC addresses and states, and where each came from.",
        discussion: """
            EXAMPLES:
              freeway neighbours
              freeway neighbours --json | jq -r .mac

            Neighbours of the configuration, and those that were added, are permanent; others are \
            asked for when packets go to them, and have the states that ip neigh has.
            """)

    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print JSON, one object for each neighbour, each on a line.")
    var json = false

    func run() async throws {
        let client = controlSocket.client
        var table = NeighboursTable()
        try await TablePages.print(
            json: json,
            of: { after async throws(ControlClientError) in
                let reply = try await client.neighbours(after: after, limit: TablePages.size)
                return (reply.neighbours, reply.next)
            }, as: { table.lines($0, Terminal.style) })
    }
}
