// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Captures as other tools make them, and as shells hand them over.
@Suite struct ReplayForeignFilesTests {
    static let config = Repository.path("config/cross-connect.yaml")
    static let pings = Repository.capture("real/zeek-5-pings.pcap")
    private let scratch = ScratchFolder()

    private func file(_ name: String) -> String { Repository.capture("pcapng/\(name).pcapng") }

    /// Time and bytes of each frame, by tshark: what Tests/Captures/pcapngs.py wrote down.
    private func expected(_ name: String) throws -> [String] {
        let text = try String(
            contentsOfFile: Repository.capture("pcapng/\(name).tsv"), encoding: .utf8)
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: "\t", omittingEmptySubsequences: false)
            return "\(words[1]) \(words[6])"
        }
    }

    private func frames(_ path: String) throws -> [String] {
        let reader = try CaptureReader(path: path)
        var frames: [String] = []
        while let frame = try reader.next() {
            let rest = String(1_000_000_000 + Int(frame.moment.nanoseconds)).dropFirst()
            let bytes = frame.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            frames.append("\(frame.moment.seconds).\(rest) \(bytes.joined())")
        }
        return frames
    }

    /// A script, in which `$0` is the program.
    private func script(_ text: String, _ arguments: [String]) async throws -> ProcessOutcome {
        try await FreewayProcess.run(
            ["-c", "set -eo pipefail; \(text)", FreewayBinary.path] + arguments, program: "bash",
            directory: scratch.path)
    }

    @Test(
        "frames of every kind of pcapng go through with their times",
        arguments: [
            "two-snap-lengths", "unused-second-link-type", "year-2200", "before-1970",
            "around-1970",
            "late-interface", "sections-of-both-orders", "section-without-interface",
            "beyond-snap-length",
            "old-packets", "other-blocks", "no-interface",
        ])
    func pcapng(name: String) async throws {
        for out in ["out.pcapng", "out.pcap"] {
            let outcome = try await FreewayProcess.run([
                "replay", Self.config, "--any-mac", "--in", "left=\(file(name))", "--out",
                "right=\(scratch.file(out))",
            ])
            try #require(outcome.code == 0, "\(outcome)")
            #expect(try frames(scratch.file(out)) == expected(name), "\(out)")
            #expect(outcome.leftovers == [])
            // pcap has no room for these times: the file is pcapng all the same, and that is told.
            let note = "is written as pcapng, since pcap holds no times before 1970 or after 2106"
            let isBeyond = ["year-2200", "before-1970", "around-1970"].contains(name)
            #expect(outcome.output.contains(note) == (isBeyond && out == "out.pcap"), "\(outcome)")
        }
    }

    @Test("--loop plays a capture again that the device cannot read by itself")
    func loop() async throws {
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--any-mac", "--in", "left=\(file("two-snap-lengths"))",
            "--loop", "3", "--out",
            "right=\(scratch.file("out.pcap"))", "--workers", "2",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(try frames(scratch.file("out.pcap")).count == 6)
    }

    @Test("the clock of a replay before 1970 is that of its frames, for steps, drops and answers")
    func earlyClock() async throws {
        let drops = scratch.file("drops.pcapng")
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--any-mac", "--in", "left=\(file("before-1970"))", "--step",
            "1s:link-down=right",
            "--step", "end:query=/v1/stats", "--drops", drops, "--json",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        let report = try outcome.decoded(ReplayReport.self)
        // The second frame came 1.5 s after the first.
        #expect(report.ledger.transmitted == 1)
        #expect(
            report.drops["linkDown"]?.map { "\($0.time)" } == ["1900-01-01T00:00:01.500000000Z"])
        #expect(outcome.output.contains("1900-01-01T00:00:01.5"))
        #expect(try frames(drops).map { String($0.prefix(21)) } == ["-2208988799.500000000"])
    }

    @Test("a frame of another link type is named, and nothing is written")
    func otherLinkType() async throws {
        let path = file("link-type-in-use")
        let outcome = try await FreewayProcess.run([
            "replay", Self.config, "--in", "left=\(path)", "--out",
            "right=\(scratch.file("out.pcap"))",
        ])
        #expect(outcome.code == 65)
        #expect(
            outcome.errors.hasPrefix(
                "freeway: \(path): frame 2, of interface 1 (any), has link type LINUX_SLL"))
        #expect(scratch.names == [])
    }

    @Test(
        "captures come compressed, through pipes, and by standard input",
        arguments: [
            ("gzip -c $2 > in.pcap.gz; $0 replay $1 --any-mac --in left=in.pcap.gz --out right=out.pcap"),
            ("zstd -qc $2 > in.pcap.zst; $0 replay $1 --any-mac --in left=in.pcap.zst --out right=out.pcap"),
            ("cat $2 | $0 replay $1 --any-mac --in left=- --out right=out.pcap"),
            ("cat $2 | $0 replay $1 --any-mac --in left=/dev/stdin --out right=out.pcap"),
            ("$0 replay $1 --any-mac --in left=- --out right=out.pcap < $2"),
            ("gzip -c $2 | $0 replay $1 --any-mac --in left=- --out right=out.pcap"),
            ("$0 replay $1 --any-mac --in left=<(cat $2) --out right=out.pcap"),
            ("$0 replay $1 --any-mac --in left=$2 --out right=- > out.pcap"),
            ("$0 replay $1 --any-mac --in left=$2 --out right=- | cat > out.pcap"),
            ("$0 replay $1 --any-mac --in left=$2 --out right=/dev/stdout | cat > out.pcap"),
            ("cat $2 | $0 replay $1 --any-mac --json --in left=- --out right=- 2>report | cat > out.pcap"),
        ])
    func shells(text: String) async throws {
        let outcome = try await script(text, [Self.config, Self.pings])
        try #require(outcome.code == 0, "\(text): \(outcome)")
        #expect(try frames(scratch.file("out.pcap")) == frames(Self.pings), "\(text)")
        #expect(outcome.leftovers == [])
        // The report goes where the capture does not.
        let isCapture = text.contains("right=-") || text.contains("right=/dev/stdout")
        #expect(outcome.output.isEmpty == isCapture)
        #expect(isCapture == outcome.errors.contains("10 frames in") || text.contains("report"))
    }

    @Test("what is expected may come by standard input, too")
    func expectation() async throws {
        let outcome = try await script(
            "gzip -c $2 | $0 replay $1 --any-mac --in left=$2 --expect right=-",
            [Self.config, Self.pings])
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test("a pipe that two options name is refused, and so is a capture on two streams at once")
    func twice() async throws {
        let shared = try await script(
            "cat $2 | $0 replay $1 --in left=- --in right=/dev/stdin", [Self.config, Self.pings])
        #expect(shared.code == 64)
        #expect(
            shared.errors.contains(
                "--in right=/dev/stdin: is the same pipe as --in left=-, which can be read once; write it to a "
                    + "file first"))
        let both = try await FreewayProcess.run([
            "replay", Self.config, "--in", "left=\(Self.pings)", "--out", "right=-", "--out",
            "left=-",
        ])
        #expect(both.code == 64)
        #expect(both.errors.contains("--out left=-: is the same file as --out right=-"))
        let compared = try await FreewayProcess.run([
            "replay", Self.config, "--in", "left=\(Self.pings)", "--out", "right=-", "--expect",
            "right=\(Self.pings)",
        ])
        #expect(compared.code == 64)
        #expect(compared.errors.contains("is no file, so it cannot be compared"))
    }

    @Test("an input that is interrupted while it comes leaves nothing")
    func interrupted() async throws {
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let process = try FreewayProcess([
            "replay", Self.config, "--in", "left=\(pipe)", "--out",
            "right=\(scratch.file("out.pcap"))",
        ])
        // It reads once there is a writer: opening waits for the reader.
        let writer = await Task.detached { open(pipe, O_WRONLY) }.value
        defer { close(writer) }
        let head: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1]
        #expect(head.withUnsafeBytes { write(writer, $0.baseAddress, 4) } == 4)
        process.send(SIGINT)
        let outcome = try await process.outcome()
        #expect(outcome.code == 130, "\(outcome)")
        #expect(outcome.errors.hasSuffix("freeway: \(pipe): interrupted\n"))
        #expect(outcome.leftovers == [])
        #expect(scratch.names == ["pipe"])
    }
}
