// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

import struct TestSupport.PcapFile

/// What a replay gives, whatever the number of workers: files and lists, byte for byte.
@Suite struct ReplayOrderTests {
    /// A capture with many flows, and how it is replayed.
    struct Run: CustomTestStringConvertible, Sendable {
        let config: String
        /// By port.
        let inputs: [String: String]
        let outputs: [String]
        var options: [String] = []

        var testDescription: String { "\(config) \(options)" }
    }

    static let runs = [
        Run(
            config: Repository.path("config/router.yaml"),
            inputs: ["wan": Repository.capture("real/zeek-wikipedia.pcap")],
            outputs: ["wan", "lan"], options: ["--any-mac", "--loop", "20"]),
        Run(
            config: Repository.capture("route-ecmp/route.yaml"),
            inputs: ["wan": Repository.capture("route-ecmp/wan.in.pcap")],
            outputs: ["east", "west"], options: ["--loop", "3"]),
        Run(
            config: Repository.capture("cross-connect/cross-connect.yaml"),
            inputs: [
                "left": Repository.capture("real/zeek-wikipedia.pcap"),
                "right": Repository.capture("cross-connect/right.in.pcap"),
            ], outputs: ["left", "right"], options: ["--loop", "7"]),
    ]

    /// Of the command line: numbers of workers, and how frames come in.
    static let ways =
        [(1, 64), (2, 64), (3, 64), (4, 64), (8, 64), (16, 64), (1, 1), (1, 7), (1, 17), (4, 1)]
        .map { ["--workers", "\($0)", "--burst", "\($1)"] }
        + [1, 2, 5, 16].map { ["--workers", "\($0)", "--lock-step"] }

    @Test(
        "any number of workers, bursts of any size, and lock-step write what one worker does, in one order",
        arguments: runs)
    func outputs(run: Run) async throws {
        let scratch = ScratchFolder()
        var first: [String: Data] = [:]
        var firstDrops: [String: [DroppedFrame]] = [:]
        for way in Self.ways {
            var words = ["replay", run.config, "--json"] + run.options + way
            words += run.inputs.flatMap { ["--in", "\($0.key)=\($0.value)"] }
            words += run.outputs.flatMap { ["--out", "\($0)=\(scratch.file($0))"] }
            let outcome = try await FreewayProcess.run(words)
            try #require(outcome.code == 0, "\(outcome)")
            let report = try outcome.decoded(ReplayReport.self)
            #expect(report.ledger.transmitted > 100 && report.balanced)
            let drops = report.drops.mapValues { frames in
                frames.map { frame in
                    var frame = frame
                    frame.worker = 0
                    return frame
                }
            }
            let isFirst = first.isEmpty
            if isFirst { firstDrops = drops }
            #expect(drops == firstDrops, "with \(way)")
            for port in run.outputs {
                let bytes = try Data(contentsOf: URL(filePath: scratch.file(port)))
                if isFirst { first[port] = bytes }
                #expect(bytes == first[port], "\(port) with \(way)")
            }
        }
    }

    /// Two stages drop for one reason: admit what has no header of Ethernet, ValidateIPv4 what has none of IPv4. The
    /// last of them are the last to come in, whichever stage had a burst first.
    @Test("the last dropped frames are the last that came in", arguments: [1, 5, 16])
    func lastDrops(kept: Int) async throws {
        var capture = PcapFile(precision: .nano)
        for number in 0..<200 as Range<UInt8> {
            let mac: [UInt8] = [2, 0, 0, 0, 9, number]
            // 20 bytes with a beginning of IPv4, or 10 bytes; in turns of three and two.
            let frame: [UInt8] = [2, 0, 0, 0, 0, 1] + mac + [8, 0, 0x45, 0, 0, 40, 0, 0]
            let isCut = number % 5 > 2
            capture.add(
                isCut ? Array(frame[2..<12]) : frame, seconds: 1, fraction: UInt32(number / 9))
        }
        let scratch = ScratchFolder()
        try Data(capture.bytes).write(to: URL(filePath: scratch.file("wan.pcap")))
        // The number is the last byte of the MAC address, wherever that is.
        let expected = (200 - kept..<200).map { UInt8($0) }
        for way in Self.ways {
            let outcome = try await FreewayProcess.run(
                [
                    "replay", Repository.path("config/router.yaml"), "--any-mac", "--json", "--in",
                    "wan=\(scratch.file("wan.pcap"))", "--drop-samples", "\(kept)",
                ] + way)
            try #require(outcome.code == 0, "\(outcome)")
            let report = try outcome.decoded(ReplayReport.self)
            #expect(report.ledger.dropped == ["truncatedFrame": 200])
            let numbers = report.drops["truncatedFrame"]?.compactMap { frame in
                frame.decodedBytes.map { $0[$0.count == 10 ? 9 : 11] }
            }
            #expect(numbers == expected, "with \(way)")
        }
    }
}
