// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway routes show`.
struct RoutesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the routes in force, and where each came from.",
        discussion: """
            EXAMPLES:
              freeway routes show
              freeway routes show 10.0.0.0/8
              freeway routes show --vrf blue
              freeway routes show --json | jq -r 'select(.origin.source == "api") | .to'

            The prefixes of the forwarding table by address: routes of the configuration (with \
            its line) and of the API, the ports' networks, their own and broadcast addresses, \
            and neighbours. Where two name one prefix, the one in force is shown. What changes \
            meanwhile may be in the output or not; the rest is.
            """)

    @Argument(help: "Show only what lies in this prefix.")
    var prefix: String?

    @Option(help: "The VRF whose table is meant; without it the main one.")
    var vrf: String?

    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print JSON, one object for each prefix, each on a line.")
    var json = false

    func run() async throws {
        let client = controlSocket.client
        var table = RoutesTable()
        try await TablePages.print(
            json: json,
            of: { after async throws(ControlClientError) in
                let reply = try await client.routes(
                    vrf: vrf, within: prefix, after: after, limit: TablePages.size)
                return (reply.routes, reply.next)
            }, as: { table.lines($0, Terminal.style) })
    }
}
