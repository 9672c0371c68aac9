// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway routes get`.
struct RoutesGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what becomes of packets to an address, and why.",
        discussion: """
            EXAMPLES:
              freeway routes get 203.0.113.9
              freeway routes get 10.0.0.9 --vrf blue
              freeway routes get 203.0.113.9 --json | jq -r .route.to

            The longest prefix of the tables in force that the address is in, as ip route get \
            has it. Of several next hops freeway explain tells which one a flow takes.
            """)

    @Argument(help: "An address.")
    var address: String

    @Option(help: "The VRF whose table is meant; without it the main one.")
    var vrf: String?

    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print JSON, one object on one line.")
    var json = false

    func run() async throws {
        do {
            let reply = try await controlSocket.client.get(
                .routeOfAddress, name: address, query: [("vrf", vrf)])
            try Terminal.show(reply, json: json) { RouteText.text(of: reply, $0) }
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
