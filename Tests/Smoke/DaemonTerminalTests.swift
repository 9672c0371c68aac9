// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// What the verbs show in 80 columns, of a forwarder with many ports, workers and long names.
@Suite struct DaemonTerminalTests {
    /// A router whose names are as long as they may be. One port receives without end, and drops all of it: the
    /// frames are zeros, for nobody's address.
    private static func manyPorts(_ folder: String) -> String {
        let names = (0..<12).map { "port-\(12 - $0)-" + String(repeating: "x", count: 20) }
        let ports = names.enumerated().map { index, name in
            let device = index == 0 ? "vdev:net_null0" : "vdev:net_null\(index),no-rx=1,size=64"
            return "  \(name): {device: \"\(device)\", addresses: [10.\(index).0.1/24]}\n"
        }
        return """
            version: 1
            forward: route
            workers: 4
            ports:
            \(ports.joined())control: {socket: "\(folder)/\(String(repeating: "s", count: 40))"}

            """
    }

    @Test("no line is longer, with and without rates, and ports are in the order of the file")
    func widths() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            try await DaemonProcess.using(Self.manyPorts(scratch.path), in: scratch) { daemon in
                _ = try await firstAnswer {
                    try await daemon.stats().ledger.dropped["notForUs"] != nil ? true : nil
                }
                let config = scratch.file("config.yaml")
                let socket = ["--socket", daemon.socket]
                for words in [
                    ["stats"] + socket, ["ports"] + socket, ["workers"] + socket,
                    ["workers", "--gaps"] + socket, ["drops"] + socket,
                    ["drops", "notForUs"] + socket, ["check", config], ["doctor", config],
                ] {
                    let outcome = try await FreewayProcess.run(words)
                    #expect([0, 1].contains(outcome.code), "\(outcome)")
                    expectWidth(80, outcome.output, words)
                    let wide = try await FreewayProcess.run(words, environment: ["COLUMNS": "200"])
                    expectWidth(200, wide.output, words)
                }
                for verb in ["stats", "ports", "workers", "drops"] {
                    let watch = try FreewayProcess([verb] + socket + ["--watch", "0.1"])
                    let has: Bool? = await firstAnswer {
                        watch.output.contains("FRAMES/S") ? true : nil
                    }
                    watch.send(SIGINT)
                    _ = try await watch.outcome()
                    #expect(has == true)
                    expectWidth(80, watch.output, [verb, "--watch"])
                }
                for verb in ["stats", "ports"] {
                    let table = try await FreewayProcess.run([verb] + socket).output
                    let order = table.matches(of: /(?:^|\n)port-(\d+)-/).map { Int($0.1) }
                    // Each part of a folded table has them from the first to the last.
                    #expect(order.count.isMultiple(of: 12) && !order.isEmpty)
                    let once = (1...12).reversed().map { Int?.some($0) }
                    let times = order.count / 12
                    #expect(order == [[Int?]](repeating: once, count: times).flatMap { $0 })
                }
            }
        }
    }

    private func expectWidth(_ width: Int, _ text: String, _ words: [String]) {
        let long = text.split(separator: "\n").filter { $0.count > width }
        #expect(long == [], "\(words)")
        #expect(!text.isEmpty, "\(words)")
    }

    @Test(
        "--watch redraws in place, is never taller than the screen, and goes on when the forwarder starts anew",
        .enabled(if: TerminalScreen.isPossible, "needs tmux"),
        arguments: ["stats", "ports", "workers", "drops"])
    func watch(verb: String) async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let first = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            // Too low for any of the tables with what stands around it.
            let screen = try await TerminalScreen(
                [FreewayBinary.path, verb, "--watch", "0.1", "--socket", first.socket],
                columns: 80, rows: 4)
            func shows(_ isExpected: (String) -> Bool) async throws -> Bool {
                try await firstAnswer {
                    let text = try await screen.text
                    return isExpected(text) ? true : nil
                } ?? false
            }
            let heading = [
                "stats": "worker, up", "ports": "PORT", "workers": "WORKER",
                "drops": "nothing was dropped",
            ][verb]!
            #expect(try await shows { $0.contains(heading) })
            if verb == "stats" { #expect(try await shows { $0.contains("more lines; --json") }) }
            try await first.stop()
            #expect(try await shows { $0.contains("no forwarder answers") })
            let second = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            #expect(
                try await shows {
                    $0.contains(heading) && !$0.contains("no forwarder answers")
                })
            #expect(try await screen.scrolledLines == 0)
            try await screen.resize(columns: 60, rows: 80)
            #expect(
                try await shows {
                    $0.contains(heading) && !$0.contains("more lines")
                        && $0.split(separator: "\n").allSatisfy { $0.count <= 60 }
                })
            // One picture, at the top.
            #expect(try await screen.lines.first?.contains(heading) == true)
            try await screen.press("C-c")
            let hasEnded: Bool? = try await firstAnswer {
                try await screen.lines.isEmpty ? true : nil
            }
            #expect(hasEnded == true)
            try await second.stop()
        }
    }

    @Test("into a file, --watch says once that it waits, and goes on")
    func watchIntoAFile() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let first = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            let watch = try FreewayProcess([
                "stats", "--socket", first.socket, "--watch", "0.1", "--json",
            ])
            func starts() throws -> Set<Timestamp> {
                Set(
                    try watch.output.split(separator: "\n").dropLast().map {
                        try JSONDecoder().decode(StatsReply.self, from: Data($0.utf8)).startedAt
                    })
            }
            _ = try await firstAnswer { try starts().count == 1 ? true : nil }
            try await first.stop()
            _ = await firstAnswer { watch.errors.isEmpty ? nil : true }
            let second = try await DaemonProcess.start(BusyConfiguration.null(), in: scratch)
            let both: Bool? = try await firstAnswer { try starts().count == 2 ? true : nil }
            watch.send(SIGINT)
            _ = try await watch.outcome()
            #expect(both == true)
            #expect(
                watch.errors
                    == "freeway: \(first.socket): no forwarder answers; start one with freeway run "
                    + "CONFIG, or name its socket with --socket; waiting for it\n",
                "\(watch.errors)")
            try await second.stop()
        }
    }

    @Test("a watch that never had an answer ends as the verb does")
    func watchOfNothing() async throws {
        let outcome = try await FreewayProcess.run([
            "stats", "--watch", "--socket", ScratchFolder().file("socket"),
        ])
        #expect(outcome.code == 69, "\(outcome)")
    }
}
