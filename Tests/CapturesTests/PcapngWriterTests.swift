// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import ProcessSupport
import Testing

/// pcapng files against a reader in Python, and tshark where it is installed.
@Suite struct PcapngWriterTests {
    private let scratch = ScratchFolder()
    private let wan = PcapngWriter.Interface(name: "wan", snapLength: 192)

    @Test func givenAFolderThatDoesNotExistItCannotBeWritten() {
        let error = #expect(throws: CaptureError.self) {
            try PcapngWriter(
                path: "/nonexistent/out.pcapng", interfaces: [wan], application: "test")
        }
        #expect(error?.kind == .unwritable)
        #expect(
            error?.description
                == "/nonexistent/out.pcapng: cannot be created: No such file or directory")
    }

    @Test func givenAFolderInPlaceOfAFileItCannotBeWritten() {
        let error = #expect(throws: CaptureError.self) {
            try PcapngWriter(path: scratch.path, interfaces: [wan], application: "test")
        }
        #expect(error?.reason == "is a directory")
    }

    @Test func givenAFullDeviceTheErrorNamesIt() throws {
        let writer = try PcapngWriter(
            path: "/dev/full", interfaces: [wan], application: "test")
        let error = #expect(throws: CaptureError.self) { try writer.publish() }
        #expect(error?.description == "/dev/full: No space left on device")
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }

    @Test func givenAWriterThatIsNotFinishedTheOldFileStaysAlone() throws {
        let path = try scratch.write("old", to: "out.pcapng")
        do {
            let writer = try PcapngWriter(path: path, interfaces: [wan], application: "test")
            try writer.write([1, 2, 3], time: 1, length: 3)
            try writer.flush()
        }
        #expect(scratch.names == ["out.pcapng"])
        #expect(FileManager.default.contents(atPath: path) == Data("old".utf8))
    }

    @Test func givenNoFramesTheFileStillHasItsInterfaces() async throws {
        let path = scratch.file("none.pcapng")
        try PcapngWriter(path: path, interfaces: [wan], application: "test").publish()
        let dump = try await PcapngDump(path: path)
        #expect(dump.frames == [])
        #expect(dump.interfaces.map(\.name) == ["wan"])
        // libpcap reads no file without an interface.
        #expect(try read(path) == [])
    }

    /// Lengths and texts of every remainder by 4, times beyond 2106, a cut frame.
    @Test func givenFramesTheyAreReadAsTheyWereWritten() async throws {
        let path = scratch.file("frames.pcapng")
        let interfaces = ["wan", "lan0", "longer", "ü"].map {
            PcapngWriter.Interface(name: $0, snapLength: 192)
        }
        let writer = try PcapngWriter(path: path, interfaces: interfaces, application: "test 1")
        let comments = [nil, "a", "ab", "abc", "noRoute: 192.0.2.1 → nowhere", ""]
        var expected: [(time: UInt64, length: Int, bytes: [UInt8], comment: String?)] = []
        for number in 0..<60 {
            let bytes = (0..<number).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
            let time: UInt64 = number == 59 ? .max : 1_700_000_000_123_456_789 + UInt64(number)
            expected.append((time, number * 10, bytes, comments[number % comments.count]))
            try writer.write(
                bytes, time: time, length: number * 10, interface: number % 4,
                comment: comments[number % comments.count])
        }
        try writer.publish()
        #expect(writer.frameCount == 60)
        #expect(scratch.names == ["frames.pcapng"])

        let dump = try await PcapngDump(path: path)
        #expect(dump.application == "test 1")
        #expect(dump.interfaces.map(\.name) == ["wan", "lan0", "longer", "ü"])
        #expect(
            dump.interfaces.allSatisfy {
                $0.linkType == 1 && $0.snapLength == 192 && $0.resolution == 9
            })
        try #require(dump.frames.count == 60)
        for (number, frame) in dump.frames.enumerated() {
            #expect(frame.interface == number % 4)
            #expect(frame.time == expected[number].time)
            #expect(frame.length == expected[number].length)
            #expect(
                frame.bytes
                    == expected[number].bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                    .joined())
            #expect(frame.comment == expected[number].comment)
        }
    }

    @Test func givenACommentThatIsTooLongItIsCutBetweenCharacters() async throws {
        let path = scratch.file("long.pcapng")
        let writer = try PcapngWriter(path: path, interfaces: [wan], application: "test")
        try writer.write(
            [1], time: 1, length: 1, comment: "x" + String(repeating: "é", count: 40_000))
        try writer.publish()
        let dump = try await PcapngDump(path: path)
        #expect(dump.frames.first?.comment == "x" + String(repeating: "é", count: 32_765))
    }

    @Test(.enabled(if: Scapy.isInstalled, "needs python3-scapy"))
    func givenFramesScapyReadsThemToo() throws {
        let path = scratch.file("scapy.pcapng")
        let writer = try PcapngWriter(path: path, interfaces: [wan], application: "test")
        try writer.write(
            [UInt8](repeating: 7, count: 61), time: 1_700_000_000_123_456_789, length: 1514)
        try writer.publish()
        #expect(
            try Scapy.read(path) == [
                ReadFrame(
                    time: 1_700_000_000_123_456_789, wireLength: 1514,
                    bytes: [UInt8](repeating: 7, count: 61))
            ])
    }

    static let hasTshark = ["/usr/bin/tshark", "/usr/local/bin/tshark"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: hasTshark, "needs tshark")) func givenCommentsTsharkShowsThem() async throws
    {
        let path = scratch.file("tshark.pcapng")
        let writer = try PcapngWriter(path: path, interfaces: [wan], application: "test")
        try writer.write(
            [UInt8](repeating: 7, count: 60), time: 1_700_000_000_000_000_001, length: 60,
            comment: "noRoute in route: ipv4.destination 203.0.113.9 (worker 0)")
        try writer.publish()
        let fields = ["frame.time_epoch", "frame.interface_name", "frame.cap_len", "frame.comment"]
        let outcome = try await FreewayProcess.run(
            ["-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] }, program: "tshark")
        #expect(
            outcome.output
                == "1700000000.000000001\twan\t60\tnoRoute in route: ipv4.destination 203.0.113.9 (worker 0)\n"
        )
    }

    @Test(.enabled(if: hasTshark, "needs tshark")) func givenATimeBefore1970TsharkShowsIt()
        async throws
    {
        let path = scratch.file("early.pcapng")
        let writer = try PcapngWriter(
            path: path, interfaces: [wan], application: "test", epoch: -86_400)
        try writer.write([UInt8](repeating: 7, count: 60), time: 5, length: 60)
        try writer.publish()
        let outcome = try await FreewayProcess.run(
            ["-r", path, "-T", "fields", "-e", "frame.time"], program: "tshark",
            environment: ["TZ": "UTC"])
        #expect(outcome.output == "Dec 31, 1969 00:00:00.000000005 UTC\n", "\(outcome)")
    }
}
