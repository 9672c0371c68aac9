// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration
import Glibc

/// Looks at the verbs on the command line before the parser does, which would call a wrong one an unexpected
/// argument, or show the overview in the place of its help.
enum VerbCheck {
    /// Ends the process with 64 when a verb is none, and names it, and the one that is nearest.
    static func refuseUnknownVerb(_ arguments: [String]) {
        guard let problem = problem(arguments) else { return }
        Terminal.writeError(problem)
        exit(64)
    }

    /// What is wrong with the verbs; nil when nothing is.
    static func problem(_ arguments: [String]) -> String? {
        let asksForHelp = arguments.first == "help"
        var path = ["freeway"]
        var command: any ParsableCommand.Type = Freeway.self
        for word in asksForHelp ? arguments.dropFirst() : arguments[...] {
            let verbs = command.configuration.subcommands
            // Whatever a verb without verbs takes is not ours to judge.
            guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let verb = verbs.first(where: { $0.configuration.commandName == word }) else {
                let isHelp = word == "help" && path.count == 1
                return isHelp ? nil : refusal(of: word, verbs, path)
            }
            command = verb
            path.append(word)
        }
        return nil
    }

    private static func refusal(
        of word: String, _ verbs: [any ParsableCommand.Type], _ path: [String]
    ) -> String {
        let names = verbs.compactMap { $0.configuration.commandName }
        let near = Spelling.nearest(to: word, among: names).map { "did you mean \"\($0)\"? The" }
        let place = path.count == 1 ? "" : " of " + path.joined(separator: " ")
        return "there is no verb \"\(word)\"\(place); \(near ?? "the") verbs are "
            + names.joined(separator: ", ") + "; see \(path.joined(separator: " ")) --help"
    }
}
