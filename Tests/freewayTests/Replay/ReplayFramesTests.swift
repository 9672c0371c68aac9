// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Replays frame by frame against what Scapy and a model in Python say.
@Suite struct ReplayFramesTests {
    static let folders = [
        "cross-connect", "cross-connect-giants", "route", "route-no-default", "route-steps",
    ]

    @Test(
        "frames, drops and totals are the expected ones", arguments: folders,
        [(1, []), (2, []), (4, []), (1, ["--lock-step"]), (5, ["--lock-step"])])
    func expectedFrames(folder: String, way: (workers: Int, words: [String])) async throws {
        let expected = try ExpectedReplay.load(folder)
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run(
            expected.arguments(folder, outputs: scratch)
                + ["--workers", "\(way.workers)"] + way.words)
        try #require(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        let report = try outcome.decoded(ReplayReport.self)
        #expect(report.balanced && report.ledger.isBalanced)
        #expect(report.workers == way.workers)
        #expect(report.ledger.received == expected.received)
        #expect(report.ledger.transmitted == expected.transmitted)
        #expect(report.ledger.dropped == expected.dropped)
        for (name, port) in expected.ports {
            let totals = try #require(report.ports[name])
            #expect(totals.received == port.received.frames)
            #expect(totals.receivedBytes == port.received.bytes)
            #expect(totals.transmitted == port.transmitted.frames)
            #expect(totals.transmittedBytes == port.transmitted.bytes)
            try compare(
                CapturedFrame.all(in: scratch.file("\(name).pcap")),
                CapturedFrame.all(in: Repository.capture("\(folder)/\(port.expect)")),
                "\(folder) \(name)")
        }
        #expect(scratch.names == expected.ports.keys.map { "\($0).pcap" }.sorted())
    }

    @Test(
        "a replay with one worker writes the same bytes each time",
        arguments: ["route", "route-steps"])
    func sameBytes(folder: String) async throws {
        let expected = try ExpectedReplay.load(folder)
        let scratches = [ScratchFolder(), ScratchFolder()]
        for scratch in scratches {
            let outcome = try await FreewayProcess.run(
                expected.arguments(folder, outputs: scratch))
            #expect(outcome.code == 0, "\(outcome)")
        }
        for name in scratches[0].names {
            let files = scratches.map { FileManager.default.contents(atPath: $0.file(name)) }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
    }

    @Test("two replays side by side do not meet")
    func sideBySide() async throws {
        let expected = try ExpectedReplay.load("cross-connect")
        let scratches = [ScratchFolder(), ScratchFolder()]
        let processes = try scratches.map {
            try FreewayProcess(expected.arguments("cross-connect", outputs: $0))
        }
        for (process, scratch) in zip(processes, scratches) {
            let outcome = try await process.outcome()
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.leftovers == [])
            #expect(
                try CapturedFrame.all(in: scratch.file("right.pcap"))
                    == CapturedFrame.all(
                        in: Repository.capture("cross-connect/right.expect.pcap")))
        }
    }

    private func compare(
        _ found: [CapturedFrame], _ expected: [CapturedFrame], _ what: String
    ) throws {
        try #require(found.count == expected.count, "\(what)")
        for number in found.indices where found[number] != expected[number] {
            Issue.record("\(what): frame \(number + 1) differs")
            return
        }
    }
}
