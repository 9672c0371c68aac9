// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// The command line itself: help, versions, completion, words that are none.
@Suite struct CommandLineTests {
    static let verbs = [
        "run", "replay", "test", "explain", "diff", "check", "stats", "drops", "ports", "workers",
        "reload", "doctor", "bench",
    ]

    @Test("the help of every verb has examples that fit on a terminal", arguments: verbs)
    func help(verb: String) async throws {
        for words in [[verb, "--help"], ["help", verb]] {
            let outcome = try await FreewayProcess.run(words)
            #expect(outcome.code == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.contains("EXAMPLES:"))
            #expect(lines.contains { $0.hasPrefix("  freeway \(verb)") })
            #expect(
                lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE: ") })
            // A sentence that was wrapped twice leaves a lone word on a line.
            #expect(!lines.contains { $0.hasPrefix("  freeway") && $0.hasSuffix("--out") })
        }
    }

    @Test("freeway alone and with --help shows the verbs and the exit codes")
    func overview() async throws {
        for words in [[], ["--help"], ["help"]] {
            let outcome = try await FreewayProcess.run(words)
            #expect(outcome.code == 0)
            for verb in Self.verbs { #expect(outcome.output.contains("\n  \(verb) ")) }
            #expect(outcome.output.contains("EXIT CODES:"))
        }
    }

    @Test("--version is one line")
    func version() async throws {
        let outcome = try await FreewayProcess.run(["--version"])
        #expect(outcome.code == 0)
        #expect(outcome.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }

    @Test("a verb that is none is named, with the nearest one")
    func wrongVerb() async throws {
        let near = try await FreewayProcess.run(["rpelay", "config/router.yaml"])
        #expect(near.code == 64)
        #expect(
            near.errors.hasPrefix(
                "freeway: there is no verb \"rpelay\"; did you mean \"replay\"? The verbs are run, replay, "
            ))
        #expect(near.errors.hasSuffix("; see freeway --help\n"))
        for verb in Self.verbs { #expect(near.errors.contains(verb)) }
        let far = try await FreewayProcess.run(["wrong"])
        #expect(far.code == 64)
        #expect(far.errors.hasPrefix("freeway: there is no verb \"wrong\"; the verbs are run, "))
    }

    @Test(
        "completion scripts are made, and bash reads its own", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let outcome = try await FreewayProcess.run(["--generate-completion-script", shell])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("freeway") && outcome.output.contains("replay"))
        guard shell == "bash" else { return }
        let scratch = ScratchFolder()
        let path = try scratch.write(outcome.output, to: "freeway.bash")
        let bash = try await FreewayProcess.run(["-n", path], program: "bash")
        #expect(bash.code == 0, "\(bash)")
    }

    @Test(
        "a query where no forwarder answers ends with 69",
        arguments: ["stats", "ports", "workers", "drops", "reload"])
    func nobodyAnswers(verb: String) async throws {
        let scratch = ScratchFolder()
        let missing = scratch.file("socket")
        let file = try scratch.write("words", to: "file")
        let none =
            "no forwarder answers; start one with freeway run CONFIG, or name its socket with --socket"
        for (path, message) in [
            (missing, none), (file, "not a socket; name the forwarder's with --socket"),
        ] {
            let outcome = try await FreewayProcess.run([verb, "--socket", path, "--json"])
            #expect(outcome.code == 69)
            #expect(outcome.errors == "freeway: \(path): \(message)\n")
            #expect(outcome.output == "")
        }
        let outcome = try await FreewayProcess.run([verb], environment: ["FREEWAY_SOCKET": missing])
        #expect(outcome.code == 69)
        #expect(outcome.errors == "freeway: \(missing): \(none)\n")
    }
}
