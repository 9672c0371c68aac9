// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway neighbours add`.
struct NeighboursAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Say what the MAC address of a host is, whatever the host says.",
        discussion: """
            EXAMPLE:
              freeway neighbours add 192.0.2.9 02:00:00:00:01:09

            Takes the place of what is known of the host. It is neither asked nor listened to any \
            more, until it is deleted or the forwarder stops; a reload keeps it as long as it is \
            on a network. What the configuration says of a host stays.
            """)

    @Argument(help: "The host's address, on a network of an interface.")
    var address: String

    @Option(help: "The interface that it is on: needed for a link-local address.")
    var interface: String?

    @Argument(help: "Its MAC address.")
    var mac: String

    @OptionGroup var change: NeighbourChangeOptions

    func run() async throws {
        try await change.send(
            NeighbourChange(.add, address: address, mac: mac, interface: interface))
    }
}

/// `freeway neighbours delete`.
struct NeighboursDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget a host: it is asked again when a packet goes to it.",
        discussion: """
            EXAMPLE:
              freeway neighbours delete 192.0.2.9
            """)

    @Argument(help: "The host's address.")
    var address: String

    @OptionGroup var change: NeighbourChangeOptions

    @Option(help: "The interface that it is on: needed for a link-local address.")
    var interface: String?

    func run() async throws {
        try await change.send(NeighbourChange(.delete, address: address, interface: interface))
    }
}

/// `freeway neighbours flush`.
struct NeighboursFlushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush",
        abstract: "Forget all hosts that were asked for, or those of an interface.",
        discussion: """
            EXAMPLES:
              freeway neighbours flush
              freeway neighbours flush lan.100

            Those of the configuration, and those that were added, stay.
            """)

    @Argument(help: "The interface; all without it.")
    var interface: String?

    @OptionGroup var change: NeighbourChangeOptions

    func run() async throws {
        try await change.send(NeighbourChange(.flush, interface: interface))
    }
}

/// What the verbs that change neighbours have in common.
struct NeighbourChangeOptions: ParsableArguments {
    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print what changed as one JSON object.")
    var json = false

    func send(_ change: NeighbourChange) async throws {
        do {
            let reply = try await controlSocket.client.changeNeighbours(change)
            try Terminal.show(reply, json: json) { _ in
                let counts = [
                    ("added", reply.added), ("replaced", reply.replaced),
                    ("deleted", reply.deleted),
                ].filter { $0.1 > 0 }.map { "\(NumberText.grouped(UInt64($0.1))) \($0.0)" }
                return (counts.isEmpty ? "nothing changed" : counts.joined(separator: ", ")) + "\n"
            }
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
