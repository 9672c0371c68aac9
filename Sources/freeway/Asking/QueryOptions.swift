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

    /// Asks once, or again and again with `--watch`, and prints each reply. While a forwarder that answered
    /// before does not, as when it starts anew, the watch waits for it.
    ///
    /// - Parameters:
    ///   - name: for what the endpoint's path has in braces.
    ///   - table: gets the reply and, when watching, the reply before it.
    func printReplies<Reply: SchemaVersioned>(
        of endpoint: Endpoint<Reply>, name: String? = nil,
        as table: (Reply, Reply?, TextStyle) -> String
    ) async throws {
        var output = WatchOutput(json: json, isWatch: watch != nil)
        var previous: Reply?
        let clock = ContinuousClock()
        var due = clock.now
        repeat {
            do throws(ControlClientError) {
                let reply = try await client.get(endpoint, name: name)
                try output.show(reply) { table(reply, previous, $0) }
                previous = reply
            } catch {
                guard output.hasShown, error.mayPass else {
                    Terminal.writeError("\(error)")
                    throw ExitCode(error.exitCode)
                }
                output.wait(because: error)
                // Counters of another run give no rates.
                previous = nil
            }
            guard let watch else { return }
            due = max(due.advanced(by: .seconds(watch)), clock.now)
            try await Task.sleep(until: due, clock: clock)
        } while true
    }
}

extension ControlClientError {
    /// Whether the forwarder may answer later what it answered before: it is stopped, or starts anew.
    fileprivate var mayPass: Bool {
        switch self {
        case .notRunning, .notPermitted, .notASocket, .timedOut, .endedEarly, .badReply: true
        case .refused(let status, _): status >= 500 || status == 409
        case .badPath, .replyTooLarge: false
        }
    }
}
