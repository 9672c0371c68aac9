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

    @Test(
        "help of a verb that is none is the same mistake",
        arguments: [
            (["help", "rpelay"], "verb \"rpelay\"; did you mean \"replay\"? The verbs are run, "),
            (["help", "nosuch"], "verb \"nosuch\"; the verbs are run, "),
            (
                ["routes", "laod"],
                "verb \"laod\" of freeway routes; did you mean \"load\"? The verbs are "
            ),
            (
                ["help", "routes", "laod"],
                "verb \"laod\" of freeway routes; did you mean \"load\"?"
            ),
        ])
    func helpOfNothing(words: [String], message: String) async throws {
        let outcome = try await FreewayProcess.run(words)
        #expect(outcome.code == 64, "\(outcome)")
        #expect(outcome.errors.hasPrefix("freeway: there is no \(message)"), "\(outcome)")
        #expect(outcome.output == "")
    }

    @Test(
        "whatever finds a mistake, the message begins with the program's name",
        arguments: [
            ["stats", "--nosuch"], ["stats", "--watch", "0"], ["check"], ["replay", "x.yaml"],
            ["stats", "--socket", "/nosuch"], ["nosuch"], ["help", "nosuch"],
            ["explain", "--hex", "zz", "--port", "wan", "config/router.yaml"],
            ["run", "config/cross-connect.yaml", "--socket", "/nosuch/socket"],
            ["test", "/nosuch"],
        ])
    func prefix(words: [String]) async throws {
        let outcome = try await FreewayProcess.run(words)
        #expect([64, 66, 69, 73].contains(outcome.code), "\(outcome)")
        #expect(outcome.errors.hasPrefix("freeway: "), "\(outcome)")
        #expect(!outcome.errors.contains("Error: "), "\(outcome)")
    }

    @Test(
        "every list of exit codes has those of an output that is full and of an interruption",
        arguments: [["--help"], ["test", "--help"], ["bench", "--help"]])
    func exitCodes(words: [String]) async throws {
        let help = try await FreewayProcess.run(words).output
        let list = try #require(help.components(separatedBy: "EXIT CODES:").dropFirst().first)
        #expect(list.contains(/\b74 standard output/), "\(help)")
        #expect(list.contains(/\b130 interrupted/), "\(help)")
    }

    @Test("explain asks the forwarder of FREEWAY_SOCKET, where no configuration is named")
    func explainedBySocket() async throws {
        let missing = ScratchFolder().file("socket")
        let packet = ["--port", "wan", "--packet", "ipv4 10.0.0.1 > 10.9.9.9 udp 1 > 2"]
        let asked = try await FreewayProcess.run(
            ["explain"] + packet, environment: ["FREEWAY_SOCKET": missing])
        #expect(asked.code == 69, "\(asked)")
        #expect(asked.errors.hasPrefix("freeway: \(missing): no forwarder answers"), "\(asked)")
        let configured = try await FreewayProcess.run(
            ["explain", "config/router.yaml"] + packet, environment: ["FREEWAY_SOCKET": missing])
        #expect(configured.code == 0, "\(configured)")
        let neither = try await FreewayProcess.run(["explain"] + packet)
        #expect(neither.code == 64, "\(neither)")
        #expect(neither.errors.contains("with --socket or $FREEWAY_SOCKET"), "\(neither)")
    }

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

    @Test("docs/cli.md has a line for each verb")
    func documentedVerbs() async throws {
        let help = try await FreewayProcess.run(["--help"]).output
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:").dropFirst().first)
        let verbs = list.matches(of: #/\n  ([a-z]+) /#).map { String($0.1) }
        #expect(Set(verbs).isSuperset(of: Self.verbs))
        let table = try String(contentsOfFile: Repository.path("docs/cli.md"), encoding: .utf8)
        #expect(verbs.filter { !table.contains("\n| `freeway \($0)") } == [])
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
