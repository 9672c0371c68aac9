// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Outputs that cannot be written: full disks, closed streams, readers that leave.
@Suite struct OutputFaultTests {
    private static let replay = [
        "replay", "config/router.yaml", "--any-mac", "--in",
        "wan=Tests/Captures/real/zeek-wikipedia.pcap",
    ]

    @Test(
        "a replay onto a full disk says so and leaves no capture, not even a whole one of another port",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func replayOntoAFullDisk() async throws {
        let disk = try #require(SmallDisk(kibibytes: 8))
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run(
            Self.replay + ["--out", "wan=\(disk.file("wan.pcap"))", "--out"]
                + ["lan=\(scratch.file("lan.pcap"))"])
        #expect(outcome.code == 73, "\(outcome)")
        #expect(outcome.errors == "freeway: \(disk.file("wan.pcap")): No space left on device\n")
        #expect(disk.names == [])
        #expect(scratch.names == [])
    }

    @Test(
        "kept frames onto a full disk: the verb says so, leaves no file, and the daemon goes on",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func dropsOntoAFullDisk() async throws {
        let disk = try #require(SmallDisk(kibibytes: 64))
        try disk.fill()
        // A router drops what net_null gives: frames of zeros, for another's MAC address.
        let yaml = BusyConfiguration.null().replacing(
            "forward: cross-connect", with: "forward: route"
        )
        .replacing("crossConnect: [[left, right]]\n", with: "")
        .replacing("null0\"", with: "null0\", addresses: [192.0.2.1/24]")
        .replacing("null1\"", with: "null1\", addresses: [198.51.100.1/24]")
        try await DaemonProcess.with(yaml) { daemon in
            let hasDropped: Bool? = try await firstAnswer {
                try await daemon.stats().ledger.dropped["notForUs"] != nil ? true : nil
            }
            try #require(hasDropped == true)
            for path in [disk.file("kept.pcapng"), "/dev/full"] {
                let outcome = try await FreewayProcess.run([
                    "drops", "notForUs", "--socket", daemon.socket, "--pcap", path,
                ])
                #expect(outcome.code == 73, "\(outcome)")
                #expect(outcome.errors == "freeway: \(path): No space left on device\n")
            }
            #expect(disk.names == ["filler"])
            let stats = try await daemon.stats()
            #expect(stats.balanced)
        }
    }

    @Test(
        "test --update onto a full disk fails and leaves the expect file as it was",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func updateOntoAFullDisk() async throws {
        let disk = try #require(SmallDisk(kibibytes: 256))
        let files = FileManager.default
        let library = Repository.path("Tests/Cases")
        try files.copyItem(atPath: "\(library)/router.yaml", toPath: disk.file("router.yaml"))
        try files.copyItem(atPath: "\(library)/route-back-out", toPath: disk.file("case"))
        let names = try files.contentsOfDirectory(atPath: disk.file("case")).sorted()
        let expectation = try #require(
            names.filter { $0.hasSuffix(".expect.pcap") }.map { disk.file("case/\($0)") }
                .first { (files.contents(atPath: $0)?.count ?? 0) > 100 })
        var bytes = try #require(files.contents(atPath: expectation))
        // The last byte of the last frame's header: not what leaves.
        bytes[60] ^= 1
        try bytes.write(to: URL(fileURLWithPath: expectation))
        try disk.fill()
        let outcome = try await FreewayProcess.run(
            FreewayProcess.test + [disk.file("case"), "--update"])
        #expect([73, 74].contains(outcome.code), "\(outcome)")
        #expect(outcome.errors.contains("\(expectation): "), "\(outcome)")
        #expect(outcome.errors.contains("No space left on device"), "\(outcome)")
        #expect(files.contents(atPath: expectation) == bytes)
        #expect(try files.contentsOfDirectory(atPath: disk.file("case")).sorted() == names)
    }

    @Test(
        "a full standard output is exit 74, and says so",
        arguments: [
            ["check", "config/router.yaml"], replay, ["--help"], ["help", "run"], ["doctor"],
        ])
    func fullOutput(words: [String]) async throws {
        let outcome = try await FreewayProcess.run(
            words, through: ["bash", "-c", "exec \"$@\" > /dev/full", "bash"])
        #expect(outcome.code == 74, "\(outcome)")
        #expect(outcome.errors == "freeway: standard output: No space left on device\n")
    }

    @Test(
        "a reader that leaves after a line is no error",
        arguments: [
            ["--help"], ["check", "config/router.yaml"], ["test", "--help"],
            replay + ["--json"], replay,
        ])
    func readerLeaves(words: [String]) async throws {
        let outcome = try await FreewayProcess.run(
            words,
            through: ["bash", "-c", "\"$@\" | head -n 0; exit ${PIPESTATUS[0]}", "bash"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
    }

    @Test("the verbs of a daemon, with a reader that leaves and with closed streams")
    func verbs() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            for (redirection, code) in [
                ("| head -n 1; exit ${PIPESTATUS[0]}", 0), (">&-", 74), (">&- 2>&- <&-", 74),
                ("2>&-", 0),
            ] as [(String, Int32)] {
                for verb in ["stats", "ports", "workers", "drops"] {
                    let outcome = try await FreewayProcess.run(
                        [verb, "--socket", daemon.socket],
                        through: ["bash", "-c", "\"$@\" \(redirection)", "bash"])
                    #expect(outcome.code == code, "\(verb) \(redirection): \(outcome)")
                }
            }
        }
    }

    @Test("without any standard stream captures hold frames alone, and nobody else's messages")
    func capturesWithoutStreams() async throws {
        let scratch = ScratchFolder()
        func run(_ name: String, _ redirection: String) async throws -> ProcessOutcome {
            try await FreewayProcess.run(
                Self.replay + ["--out", "wan=\(scratch.file(name))"],
                through: ["bash", "-c", "exec \"$@\" \(redirection)", "bash"])
        }
        #expect(try await run("ordinary.pcap", "").code == 0)
        // The report cannot be printed, which is exit 74.
        #expect(try await run("silent.pcap", "<&- >&- 2>&-").code == 74)
        let files = FileManager.default
        let ordinary = try #require(files.contents(atPath: scratch.file("ordinary.pcap")))
        #expect(files.contents(atPath: scratch.file("silent.pcap")) == ordinary)
    }

    @Test(
        "a daemon whose log nobody reads any more, or that has no streams at all, goes on",
        arguments: ["2> >(head -n 1 > /dev/null)", "<&- >&- 2>&-"])
    func daemonWithoutALog(redirection: String) async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(
                BusyConfiguration.null() + "log: {level: debug}\n",
                through: ["bash", "-c", "exec \"$@\" \(redirection)", "bash"])
            for _ in 0..<3 {
                let reload = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
                #expect(reload.code == 0, "\(reload)")
            }
            let stats = try await daemon.stats()
            #expect(stats.balanced)
            daemon.process.send(SIGTERM)
            let outcome = try await daemon.process.outcome(within: .seconds(30))
            // The final ledger has nowhere to go without a standard output.
            #expect(outcome.code == (redirection.hasPrefix("2>") ? 0 : 74), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        }
    }

    @Test("a daemon whose log is a full pipe loses lines, says how many, and answers meanwhile")
    func daemonWithAFullLog() async throws {
        let log = try #require(FullPipe())
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(
                BusyConfiguration.null() + "log: {level: debug}\n",
                through: ["bash", "-c", "exec \"$@\" 2> \(log.path)", "bash"]
            ) { daemon in
                #expect(try await daemon.stats().balanced)
                _ = log.text()
                let reload = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
                #expect(reload.code == 0, "\(reload)")
                let text = log.text()
                #expect(
                    text.contains(
                        #/ \(lost before this line, since nobody read the log: [1-9]\d*\)\n/#),
                    "\(text)")
            }
        }
    }
}

/// A named pipe without room, which nobody reads until asked to.
private final class FullPipe: Sendable {
    private let scratch = ScratchFolder()
    private let descriptor: Int32

    var path: String { scratch.file("pipe") }

    init?() {
        guard mkfifo(scratch.file("pipe"), 0o600) == 0 else { return nil }
        descriptor = open(scratch.file("pipe"), O_RDWR | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let page = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
        while write(descriptor, page, page.count) > 0 {}
    }

    deinit { close(descriptor) }

    /// All that is in it.
    func text() -> String {
        var page = [UInt8](repeating: 0, count: 4096)
        var bytes: [UInt8] = []
        while case let count = read(descriptor, &page, page.count), count > 0 {
            bytes += page[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
