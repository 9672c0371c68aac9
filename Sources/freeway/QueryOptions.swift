// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// What every verb that asks a running forwarder takes.
struct QueryOptions: ParsableArguments {
    @OptionGroup var controlSocket: ControlSocketOption

    @Flag(help: "Print JSON, one object on one line.")
    var json = false

    @Option(
        defaultAsFlag: 1.0, parsing: .next,
        help: ArgumentHelp(
            "Print again every so many seconds, with rates.", valueName: "seconds"))
    var watch: Double?

    func validate() throws {
        if let watch, !(0.1...86_400).contains(watch) {
            throw ValidationError("--watch takes seconds from 0.1 to 86400, not \(watch)")
        }
    }

    /// The client for the socket that the options or the environment name.
    var client: ControlClient { controlSocket.client }

    /// Asks once, or again and again with `--watch`, and prints each reply.
    ///
    /// - Parameter table: gets the reply and, when watching, the reply before it.
    func printReplies<Reply: Encodable & Sendable>(
        from ask: (ControlClient) async throws(ControlClientError) -> Reply,
        as table: (Reply, Reply?, TextStyle) -> String
    ) async throws {
        var previous: Reply?
        let clock = ContinuousClock()
        var due = clock.now
        repeat {
            let reply: Reply
            do {
                reply = try await ask(client)
            } catch {
                Terminal.writeError("\(error)")
                throw ExitCode(error.exitCode)
            }
            try show(reply, table(reply, previous, Terminal.style), isFirst: previous == nil)
            previous = reply
            guard let watch else { return }
            due = max(due.advanced(by: .seconds(watch)), clock.now)
            try await Task.sleep(until: due, clock: clock)
        } while true
    }

    private func show(_ reply: some Encodable, _ table: String, isFirst: Bool) throws {
        if json {
            Terminal.write(String(decoding: try ControlJSON.encode(reply), as: UTF8.self))
        } else if watch != nil, Terminal.isInteractive {
            // The first time clears what the screen showed.
            if isFirst { Terminal.write("\u{1b}[2J") }
            Terminal.redraw(table)
        } else {
            Terminal.write((isFirst ? "" : "\n") + table)
        }
    }
}
