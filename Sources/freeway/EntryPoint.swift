// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import FreewayConfiguration
import Glibc

/// Where the process starts.
@main
enum EntryPoint {
    /// A verb that waits for nothing runs on the main thread itself, where valgrind can follow it.
    static func main() {
        StandardStreams.secure()
        refuseUnknownVerb()
        do {
            var command = try Freeway.parseAsRoot()
            guard command is any AsyncParsableCommand else { return try command.run() }
            Task {
                await Freeway.main()
                Freeway.exit()
            }
            dispatchMain()
        } catch {
            Freeway.exit(withError: error)
        }
    }

    /// The parser would call it an unexpected argument; this names it, and the verb that is nearest.
    private static func refuseUnknownVerb() {
        let verbs = Freeway.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"),
            !(verbs + ["help"]).contains(word)
        else { return }
        let list = verbs.joined(separator: ", ")
        let near = Spelling.nearest(to: word, among: verbs)
        Terminal.writeError(
            "there is no verb \"\(word)\"; "
                + (near.map { "did you mean \"\($0)\"? The" } ?? "the")
                + " verbs are \(list); see freeway --help")
        exit(64)
    }
}
