// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import TestSupport
import Testing

@testable import CaseRunner

/// What several numbers of workers sent, held against each other.
@Suite struct WorkerAgreementTests {
    private let folder: TemporaryFolder
    private let suite: SuiteRun
    private let entry: SuiteRun.Entry

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.url.path + "/cases/x"
        try WorkFolder.make(path)
        for name in ["wan.in.pcap", "lan.expect.pcap"] {
            try Data().write(to: URL(filePath: "\(path)/\(name)"))
        }
        let found = try CaseSearch.cases(in: [folder.url.path + "/cases"])
        entry = SuiteRun.Entry(folder: try #require(found.first))
        suite = SuiteRun(
            [entry], workers: [1, 2], pool: ChildPool(width: 1, limit: .seconds(1)),
            program: "/bin/false", outputs: folder.url.path, scratch: try WorkFolder())
    }

    /// An Ethernet frame that no protocol explains: its flow is its MAC pair and EtherType.
    private static func frame(_ flow: UInt8, _ byte: UInt8) -> [UInt8] {
        [2, 0, 0, 0, 0, flow, 2, 0, 0, 0, 1, flow, 0x88, 0xb5] + [UInt8](repeating: byte, count: 50)
    }

    private func sent(_ workers: Int, _ frames: [[UInt8]], from time: UInt64 = 0) throws {
        let path = suite.outputFolder(entry, workers: workers)
        try WorkFolder.make(path)
        let writer = try CaptureWriter(path: "\(path)/lan.pcap")
        for (index, frame) in frames.enumerated() {
            try frame.withUnsafeBytes { try writer.write($0, time: time + UInt64(index)) }
        }
        try writer.flush()
        try writer.publish()
    }

    private func judged(dropped: [[String: UInt64]] = [[:], [:]]) -> [CaseResult] {
        var runs = zip([1, 2], dropped).map {
            CaseResult(folder: "c/x", workers: $0, verdict: .passed, dropped: $1)
        }
        WorkerAgreement(suite).judge(entry, &runs)
        return runs
    }

    @Test("the same frames in one order at the same times are the same")
    func order() throws {
        for workers in 1...2 {
            try sent(workers, [Self.frame(1, 1), Self.frame(2, 1), Self.frame(1, 2)])
        }
        #expect(judged().map(\.verdict) == [.passed, .passed])
    }

    @Test("the same frames at another time are not")
    func times() throws {
        try sent(1, [Self.frame(1, 1)])
        try sent(2, [Self.frame(1, 1)], from: 1)
        let failures = judged()[1].failures
        #expect(failures.map(\.fields) == [["time"]])
        #expect(
            failures[0].text == "lan: frames leave at other times with 2 workers than with 1 worker"
        )
    }

    @Test("frames that changed places, in a flow or not, a frame less, and other bytes are not")
    func difference() throws {
        try sent(1, [Self.frame(1, 1), Self.frame(1, 2), Self.frame(2, 1)])
        for other in [
            [Self.frame(1, 2), Self.frame(1, 1), Self.frame(2, 1)],
            [Self.frame(1, 1), Self.frame(2, 1), Self.frame(1, 2)],
            [Self.frame(1, 1), Self.frame(1, 2)],
            [Self.frame(1, 1), Self.frame(1, 2), Self.frame(2, 3)],
        ] {
            try sent(2, other)
            let runs = judged()
            #expect(runs.map(\.verdict) == [.passed, .failed])
            #expect(runs[1].failures.map(\.kind) == [.workers])
            #expect(runs[1].failures[0].port == "lan")
            #expect(
                runs[1].failures[0].text.hasPrefix(
                    "lan: something else leaves with 2 workers than with 1 worker\n"))
        }
    }

    @Test("frames that are dropped for another reason are told with both counts")
    func drops() throws {
        try sent(1, [])
        try sent(2, [])
        let runs = judged(dropped: [["noRoute": 2], ["noRoute": 1, "badChecksum": 1]])
        #expect(runs[1].failures.map(\.fields) == [["drops.badChecksum", "drops.noRoute"]])
        #expect(
            runs[1].failures[0].text == "frames are dropped otherwise with 2 workers than with 1 "
                + "worker: badChecksum: 1 instead of 0, noRoute: 1 instead of 2")
    }

    @Test("a run that could not be judged is held against nothing")
    func broken() throws {
        try sent(1, [Self.frame(1, 1)])
        var runs = [
            CaseResult(folder: "c/x", workers: 1, verdict: .passed),
            CaseResult(folder: "c/x", workers: 2, verdict: .crashed),
        ]
        WorkerAgreement(suite).judge(entry, &runs)
        #expect(runs.map(\.verdict) == [.passed, .crashed])
        #expect(runs[1].failures == [])
    }
}
