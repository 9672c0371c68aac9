// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Testing

@testable import freeway

@Suite struct QueryOptionsTests {
    private func options(_ arguments: String...) throws -> QueryOptions {
        try StatsCommand.parse(arguments).options
    }

    @Test func watchTakesSecondsOrNone() throws {
        #expect(try options().watch == nil)
        #expect(try options("--watch").watch == 1)
        #expect(try options("--watch", "2.5", "--json").watch == 2.5)
        #expect(try options("--watch", "--json").json)
    }

    @Test(arguments: [
        ["--watch", "0"], ["--watch", "nan"], ["--socket", ""], ["--sockett", "x"],
    ])
    func otherUsesAreRefused(arguments: [String]) {
        #expect {
            _ = try StatsCommand.parse(arguments)
        } throws: { error in
            StatsCommand.exitCode(for: error) == .validationFailure
        }
    }

    @Test func socketOptionComesFirst() throws {
        #expect(try options("--socket", "/a/b").client.socketPath == "/a/b")
    }

    @Test func helpHasExamples() {
        for help in [
            StatsCommand.helpMessage(), PortsCommand.helpMessage(), WorkersCommand.helpMessage(),
        ] {
            #expect(help.contains("EXAMPLES:\n  freeway "))
            #expect(help.contains("--socket <path>"))
        }
    }
}
