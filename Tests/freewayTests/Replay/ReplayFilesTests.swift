// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Where captures come from and go to.
@Suite struct ReplayFilesTests {
    static let input = Repository.capture("cross-connect/left.in.pcap")
    static let config = Repository.path("config/cross-connect.yaml")

    @Test("paths may hold commas, spaces, letters of any script, and be relative")
    func strangePaths() async throws {
        let scratch = ScratchFolder()
        let folder = "a,b=c ö日本 d"
        let files = FileManager.default
        try files.createDirectory(atPath: scratch.file(folder), withIntermediateDirectories: false)
        try files.copyItem(atPath: Self.input, toPath: scratch.file("\(folder)/in,1.pcap"))
        let outcome = try await FreewayProcess.run(
            [
                "replay", Self.config, "--in", "left=\(folder)/in,1.pcap", "--out",
                "right=\(folder)/out, 1.pcap",
            ], directory: scratch.path)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            try CapturedFrame.all(in: scratch.file("\(folder)/out, 1.pcap")).count == 144)
        #expect(outcome.leftovers == [])
    }

    @Test("an output replaces a file, and the file that a link leads to")
    func replacedOutputs() async throws {
        let scratch = ScratchFolder()
        try scratch.write("old", to: "old.pcap")
        try scratch.write("old", to: "target.pcap")
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: scratch.file("link.pcap"), withDestinationPath: "target.pcap")
        for name in ["old.pcap", "link.pcap"] {
            let outcome = try await run("--out", "right=\(scratch.file(name))")
            #expect(outcome.code == 0, "\(outcome)")
            #expect(try CapturedFrame.all(in: scratch.file(name)).count == 144)
        }
        #expect(
            try files.destinationOfSymbolicLink(atPath: scratch.file("link.pcap"))
                == "target.pcap")
        #expect(try CapturedFrame.all(in: scratch.file("target.pcap")).count == 144)
        #expect(scratch.names == ["link.pcap", "old.pcap", "target.pcap"])
    }

    @Test("/dev/null takes what any number of ports send")
    func nullDevice() async throws {
        let outcome = try await run("--out", "right=/dev/null", "--out", "left=/dev/null")
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test("an output that is an input, or another output, is refused")
    func sameFile() async throws {
        let scratch = ScratchFolder()
        let own = scratch.file("in.pcap")
        try FileManager.default.copyItem(atPath: Self.input, toPath: own)
        let before = FileManager.default.contents(atPath: own)
        let outcome = try await FreewayProcess.run(
            ["replay", Self.config, "--in", "left=\(own)", "--out", "right=./in.pcap"],
            directory: scratch.path)
        #expect(outcome.code == 64)
        #expect(
            outcome.errorLines.first
                == "freeway: --out right=./in.pcap: is the same file as --in left=\(own)")
        #expect(FileManager.default.contents(atPath: own) == before)

        let path = scratch.file("new.pcap")
        let twice = try await run("--out", "left=\(path)", "--out", "right=\(path)")
        #expect(twice.code == 64)
        #expect(
            twice.errorLines.first
                == "freeway: --out right=\(path): is the same file as --out left=\(path)")
        #expect(scratch.names == ["in.pcap"])
    }

    @Test("outputs that cannot be written end with 73 and leave nothing")
    func unwritableOutputs() async throws {
        let scratch = ScratchFolder()
        let good = "left=\(scratch.file("left.pcap"))"
        for (path, reason) in [
            ("/dev/full", "No space left on device"),
            (scratch.file("no/out.pcap"), "cannot be created: No such file or directory"),
            (scratch.path, "is a directory"),
        ] {
            let outcome = try await run(
                "--in", "right=\(Self.input)", "--out", good, "--out", "right=\(path)")
            #expect(outcome.code == 73, "\(outcome)")
            #expect(outcome.errors == "freeway: \(path): \(reason)\n")
            #expect(outcome.output == "")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == [])
        }
    }

    private func run(_ words: String...) async throws -> ProcessOutcome {
        try await FreewayProcess.run(["replay", Self.config, "--in", "left=\(Self.input)"] + words)
    }
}
