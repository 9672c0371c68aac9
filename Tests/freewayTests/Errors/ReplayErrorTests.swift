// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Replays that cannot be: each says why and how it would do.
@Suite struct ReplayErrorTests {
    static let config = Repository.capture("cross-connect/cross-connect.yaml")
    static let good = Repository.capture("cross-connect/left.in.pcap")

    @Test("captures that cannot be replayed")
    func badCaptures() async throws {
        let scratch = ScratchFolder()
        let text = try scratch.write("not a capture, only words in a file\n", to: "text.pcap")
        let cooked = Repository.capture("real/tcpdump-tcp-handshake-nano.pcap")
        let missing = scratch.file("missing.pcap")
        for (path, code, reason) in [
            (missing, 66, "No such file or directory"),
            (scratch.path, 66, "is a directory; name a capture in it"),
            (text, 65, "not a pcap or pcapng capture (unknown file format)"),
            (
                cooked, 65,
                "link type LINUX_SLL instead of Ethernet (EN10MB); capture on an Ethernet interface, "
                    + "not on \"any\""
            ),
        ] {
            let outcome = try await run(
                "--in", "left=\(path)", "--out", "right=\(scratch.file("out.pcap"))")
            #expect(outcome.code == Int32(code), "\(outcome)")
            #expect(outcome.errors == "freeway: \(path): \(reason)\n")
            #expect(outcome.output == "")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == ["text.pcap"])
        }
    }

    @Test("a port that is not there, with the nearest name")
    func unknownPort() async throws {
        for (option, other) in [("--in", "--out"), ("--out", "--in")] {
            let outcome = try await run(
                option, "lfet=\(Self.good)x", other,
                other == "--in" ? "left=\(Self.good)" : "left=/dev/null")
            #expect(outcome.code == 64)
            guard option == "--out" else { continue }
            #expect(
                outcome.errors == """
                    freeway: --out lfet=\(Self.good)x: the configuration has no port lfet; did you mean \
                    "left"? Its ports are left, right

                    """)
        }
        let outcome = try await run("--in", "uplink=\(Self.good)")
        #expect(
            outcome.errors == """
                freeway: --in uplink=\(Self.good): the configuration has no port uplink; its ports are \
                left, right

                """)
    }

    @Test(
        "options that make no sense",
        arguments: [
            (["--in", "left=a", "--in", "left=b"], "freeway: --in names left twice"),
            (
                ["--in", "left=a", "--out", "left=b", "--out", "left=c"],
                "freeway: --out names left twice"
            ),
            (["--in", "left"], "freeway: The value 'left' is invalid for '--in <port=file>'"),
            (["--in", "=a"], "freeway: The value '=a' is invalid for '--in <port=file>'"),
            (["--in", "left=a", "--workers", "0"], "freeway: --workers takes 1 to 16, not 0"),
            (["--in", "left=a", "--burst", "0"], "freeway: --burst takes 1 to 64, not 0"),
            (["--in", "left=a", "--burst", "65"], "freeway: --burst takes 1 to 64, not 65"),
            (
                ["--in", "left=a", "--burst", "7", "--lock-step"],
                "freeway: --burst and --lock-step exclude each other: in lock-step one frame comes in at a time"
            ),
            (["--in", "left=a", "--workers", "17"], "freeway: --workers takes 1 to 16, not 17"),
            (
                ["--in", "left=a", "--workers", "two"],
                "freeway: The value 'two' is invalid for '--workers <workers>'"
            ),
            (
                ["--in", "left=a", "--speed", "2"],
                "freeway: --speed goes with --pace capture alone"
            ),
            (
                ["--in", "left=a", "--pace", "capture", "--speed", "0"],
                "freeway: --speed takes 0.1 to 1000, not 0.0"
            ),
            (
                ["--in", "left=a", "--pace", "capture", "--speed", "nan"],
                "freeway: --speed takes 0.1 to 1000, not nan"
            ),
            (
                ["--in", "left=a", "--pace", "slow"],
                "freeway: The value 'slow' is invalid for '--pace <pace>'. Please provide one of 'fast' "
                    + "and 'capture'."
            ),
            (["--in", "left=a", "--loop", "0"], "freeway: --loop takes 1 to 1000000000, not 0"),
            (
                ["--in", "left=a", "--drop-samples", "1025"],
                "freeway: --drop-samples takes 0 to 1024, not 1025"
            ),
            (["--in", "left=a", "--drops", "-"], "freeway: --drops takes a file, not \"-\""),
            (
                ["--in", "left=a", "--drops", "/tmp/freeway-x", "--out", "right=/tmp/freeway-x"],
                "freeway: --drops /tmp/freeway-x: is the same file as --out right=/tmp/freeway-x"
            ),
            ([], "freeway: nothing to replay: name a capture with --in port=file"),
        ])
    func badOptions(words: [String], message: String) async throws {
        let outcome = try await FreewayProcess.run(["replay", Self.config] + words)
        #expect(outcome.code == 64)
        #expect(outcome.errorLines.first == message)
        #expect(outcome.errorLines.last == "  See 'freeway replay --help' for more information.")
        #expect(outcome.output == "")
        #expect(outcome.leftovers == [])
    }

    private func run(_ words: String...) async throws -> ProcessOutcome {
        try await FreewayProcess.run(["replay", Self.config] + words)
    }
}
