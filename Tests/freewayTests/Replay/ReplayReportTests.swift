// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// What `freeway replay` prints.
@Suite struct ReplayReportTests {
    static let words = [
        "replay", Repository.capture("route/route.yaml"), "--in",
        "wan=\(Repository.capture("route/wan.in.pcap"))",
    ]

    @Test("--json prints one object with the documented keys")
    func jsonShape() async throws {
        let outcome = try await FreewayProcess.run(
            Self.words + ["--json", "--out", "lan=/dev/null"])
        try #require(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.hasSuffix("}\n") && outcome.output.filter { $0 == "\n" }.count == 1)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "balanced", "bitsPerSecond", "drops", "framesPerSecond", "ledger", "notes",
                "portOrder", "ports",
                "rounds", "schemaVersion", "seconds", "workers",
            ])
        #expect(object["balanced"] as? Bool == true)
        #expect(object["workers"] as? Int == 1)
        // As in the configuration.
        #expect(object["portOrder"] as? [String] == ["wan", "lan"])
        #expect(object["schemaVersion"] as? Int == 2)
        let ledger = try #require(object["ledger"] as? [String: Any])
        #expect(
            ledger.keys.sorted() == [
                "bytes", "consumed", "copied", "dropped", "generated", "inTransit", "parked",
                "punted", "received",
                "transmitted",
            ])
        let dropped = try #require(ledger["dropped"] as? [String: Int])
        #expect(!dropped.isEmpty && dropped.values.allSatisfy { $0 > 0 })
        let ports = try #require(object["ports"] as? [String: [String: Any]])
        #expect(ports.keys.sorted() == ["lan", "wan"])
        #expect(ports["wan"]?["received"] as? Int == 483)
        #expect(ports["wan"]?["output"] == nil)
        #expect(ports["lan"]?["output"] as? String == "/dev/null")
    }

    @Test("the table shows the ledger, drops with their meaning, ports and outputs")
    func table() async throws {
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run(
            Self.words + ["--out", "lan=\(scratch.file("lan.pcap"))"])
        try #require(outcome.code == 0, "\(outcome)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("LEDGER") == true)
        #expect(lines.contains { $0.hasPrefix("received") && $0.contains("483") })
        #expect(
            lines.contains { $0.hasPrefix("  blackhole ") && $0.split(separator: " ").count > 3 })
        #expect(lines.contains { $0.hasPrefix("balanced") && $0.hasSuffix("yes") })
        #expect(lines.contains { $0.hasPrefix("wan ") && $0.contains("162,893") })
        #expect(lines.contains { $0.hasPrefix("483 frames in ") && $0.contains("s: ") })
        #expect(lines.contains("lan sent: \(scratch.file("lan.pcap"))"))
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test("a capture that ends in the middle of a frame is used up to there, with a note")
    func truncatedCapture() async throws {
        let scratch = ScratchFolder()
        let whole = try Data(
            contentsOf: URL(fileURLWithPath: Repository.capture("cross-connect/left.in.pcap")))
        try whole.dropLast(3).write(to: URL(fileURLWithPath: scratch.file("cut.pcap")))
        let outcome = try await FreewayProcess.run([
            "replay", "config/cross-connect.yaml", "--in", "left=\(scratch.file("cut.pcap"))",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.contains(
                "note: \(scratch.file("cut.pcap")): ends in the middle of a frame; the 143 before are used\n"
            ))
    }

    @Test("a capture without a frame is replayed")
    func emptyCapture() async throws {
        let scratch = ScratchFolder()
        let header: [UInt8] = [
            0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
        ]
        let path = scratch.file("header.pcap")
        try Data(header).write(to: URL(filePath: path))
        let outcome = try await FreewayProcess.run([
            "replay", "config/cross-connect.yaml", "--in", "left=\(path)", "--in",
            "right=\(Repository.capture("cross-connect-giants/right.in.pcap"))", "--out",
            "left=\(scratch.file("left.pcap"))",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("note: \(path): holds no frames\n"))
        #expect(try CapturedFrame.all(in: scratch.file("left.pcap")).isEmpty)
    }

    @Test(
        "a file of 0 bytes is no capture, of what comes in as of what is expected, and not through a pipe either",
        arguments: ["--in left=EMPTY", "--in left=GOOD --expect right=EMPTY", "--in left=-"])
    func nothing(words: String) async throws {
        let scratch = ScratchFolder()
        let empty = try scratch.write("", to: "nothing.pcap")
        let good = Repository.capture("cross-connect-giants/right.in.pcap")
        let arguments = words.replacing("EMPTY", with: empty).replacing("GOOD", with: good)
            .split(separator: " ").map(String.init)
        let outcome = try await FreewayProcess.run(
            ["replay", "config/cross-connect.yaml"] + arguments)
        #expect(outcome.code == 65, "\(outcome)")
        #expect(outcome.errors.contains(": is empty: it has not even the header of a capture"))
    }
}
