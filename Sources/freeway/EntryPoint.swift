// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration
import Glibc

/// Where the process starts.
@main
enum EntryPoint {
    static func main() async {
        refuseUnknownVerb()
        await Freeway.main()
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
