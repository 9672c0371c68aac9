// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import TestSupport
import Testing

@testable import Captures

/// Captures that gzip and zstd compressed, and what only looks so.
@Suite struct CompressedCaptureTests {
    static let wikipedia = Repository.realCapture("zeek-wikipedia.pcap")
    static let hasZstd = FileManager.default.isExecutableFile(atPath: "/usr/bin/zstd")
    private let scratch = ScratchFolder()

    /// Runs a script with the names of the input and of the output, `$0` and `$1`.
    private func make(_ name: String, _ script: String, from input: String = wikipedia) async throws
        -> String
    {
        let outcome = try await FreewayProcess.run(
            ["-c", "set -eo pipefail; \(script)", input, scratch.file(name)], program: "bash")
        try #require(outcome.code == 0, "\(outcome)")
        return scratch.file(name)
    }

    @Test("gzip's files are read like what is in them, also several in one, and pcapng")
    func gzip() async throws {
        let plain = try read(Self.wikipedia)
        #expect(try read(await make("a.pcap.gz", "gzip -c \"$0\" > \"$1\"")) == plain)
        // The name does not matter.
        #expect(try read(await make("b", "gzip -9c \"$0\" > \"$1\"")) == plain)
        let members = "{ head -c 1000 \"$0\" | gzip; tail -c +1001 \"$0\" | gzip; } > \"$1\""
        #expect(try read(await make("c.pcap.gz", members)) == plain)
        let other = Repository.realCapture("zeek-vlan-pcp-dei.pcapng")
        #expect(
            try read(await make("d.pcapng.gz", "gzip -c \"$0\" > \"$1\"", from: other))
                == read(other))
    }

    @Test("so are zstd's", .enabled(if: hasZstd, "needs zstd"))
    func zstd() async throws {
        let plain = try read(Self.wikipedia)
        #expect(try read(await make("a.pcap.zst", "zstd -qc \"$0\" > \"$1\"")) == plain)
        let frames = "{ head -c 1000 \"$0\" | zstd -q; tail -c +1001 \"$0\" | zstd -q; } > \"$1\""
        #expect(try read(await make("b.pcap.zst", frames)) == plain)
    }

    @Test("data that end too early give the frames before, and say so")
    func cut() async throws {
        let cut = "gzip -c \"$0\" > \"$1.whole\"; head -c 6000 \"$1.whole\" > \"$1\""
        let survey = try CaptureSurvey(path: await make("a.pcap.gz", cut))
        #expect(survey.isTruncated)
        #expect(survey.frameCount < (try read(Self.wikipedia).count))
        #expect(survey.frameCount > 10)
        #expect(survey.notes.first?.contains("ends in the middle of a frame") == true)
    }

    @Test(
        "zstd gives a block at a time: what ends in the first is no capture",
        .enabled(if: hasZstd, "needs zstd"))
    func cutBlock() async throws {
        let path = try await make(
            "a.pcap.zst", "zstd -qc \"$0\" > \"$1.whole\"; head -c 6000 \"$1.whole\" > \"$1\"")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
        #expect(error?.reason == "the compressed data end before they give anything")
    }

    @Test(
        "what follows the first member of a gzip file is another one, zeros, or damage (RFC 1952, 2.2)"
    )
    func members() async throws {
        let plain = try read(Self.wikipedia)
        let zeros = "{ gzip -c \"$0\"; head -c 1000 /dev/zero; } > \"$1\""
        #expect(try read(await make("zeros.gz", zeros)) == plain)
        let between =
            "{ head -c 1000 \"$0\" | gzip; head -c 9 /dev/zero; tail -c +1001 \"$0\" | gzip; } > \"$1\""
        #expect(try read(await make("between.gz", between)) == plain)
        for (name, rest) in [
            ("text.gz", "echo more"), ("magic.gz", "tail -c +1001 \"$0\" | gzip | tail -c +2"),
        ] {
            let path = try await make(
                name, "{ head -c 1000 \"$0\" | gzip; \(rest); } > \"$1\"")
            let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
            #expect(
                error?.description.hasPrefix("\(path): damaged gzip data behind 1000 bytes")
                    == true,
                "\(error!)")
        }
        let cut = "{ gzip -c \"$0\"; gzip -c \"$0\" | head -c 5; } > \"$1\""
        #expect(try CaptureSurvey(path: await make("cut.gz", cut)).isTruncated)
    }

    @Test("content that fills the reader's buffer to the last byte is whole")
    func fullBuffer() async throws {
        var file = PcapFile()
        for number in 0..<4 { file.add([UInt8](repeating: UInt8(number), count: 60_000)) }
        file.add([UInt8](repeating: 4, count: (1 << 18) - file.bytes.count - 16))
        #expect(file.bytes.count == 1 << 18)
        let plain = scratch.file("full.pcap")
        try Data(file.bytes).write(to: URL(filePath: plain))
        let survey = try CaptureSurvey(
            path: await make("full.gz", "gzip -c \"$0\" > \"$1\"", from: plain))
        #expect(survey.frameCount == 5)
        #expect(!survey.isTruncated)
    }

    @Test(
        "zstd files that begin with a frame to be skipped (RFC 8878, 3.1.2), as pzstd writes them",
        .enabled(if: hasZstd, "needs zstd"))
    func skippable() async throws {
        let path = try await make(
            "a.zst",
            "{ printf '\\x50\\x2a\\x4d\\x18\\x04\\0\\0\\0abcd'; zstd -qc \"$0\"; } > \"$1\"")
        #expect(try read(path) == read(Self.wikipedia))
    }

    @Test("damaged data are refused, with the place and how to tell")
    func damaged() async throws {
        let flip =
            "import sys; d = bytearray(open(sys.argv[1] + '.whole', 'rb').read()); d[len(d) // 2] ^= 255; "
            + "open(sys.argv[1], 'wb').write(d)"
        let gzip = try await make(
            "a.pcap.gz", "gzip -c \"$0\" > \"$1.whole\"; python3 -c \"\(flip)\" \"$1\"")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: gzip) }
        #expect(error?.kind == .malformed)
        #expect(
            error?.description.hasPrefix("\(gzip): damaged gzip data behind ") == true, "\(error!)")
        #expect(error?.reason.hasSuffix("\"gzip -t\" says whether the file is whole") == true)
        guard Self.hasZstd else { return }
        let zstd = try await make(
            "a.pcap.zst", "zstd -qc \"$0\" > \"$1.whole\"; python3 -c \"\(flip)\" \"$1\"")
        let other = #expect(throws: CaptureError.self) { try CaptureSurvey(path: zstd) }
        #expect(other?.kind == .malformed)
        #expect(other?.reason.hasPrefix("damaged zstd data behind ") == true, "\(other!)")
    }

    @Test("what is compressed and no capture is refused before it is unpacked")
    func noCapture() async throws {
        let path = try await make("zeros.gz", "head -c 100M /dev/zero | gzip -1 > \"$1\"")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
        #expect(
            error?.description
                == "\(path): not a pcap or pcapng capture (it begins with 00 00 00 00)")
    }

    @Test("a few bytes that stand for very many fill no disk")
    func bomb() async throws {
        let path = try await make(
            "bomb.pcap.gz", "{ cat \"$0\"; head -c 100M /dev/zero; } | gzip -1 > \"$1\"")
        let error = #expect(throws: CaptureError.self) {
            try CaptureFile(
                path: path,
                copyLimit: SpoolFile.Limit(bytes: 3 << 20, reason: "half of what is free"))
        }
        #expect(
            error
                == CaptureError(
                    .unwritable, path,
                    "takes more than 3 MB of temporary space, half of what is free; set TMPDIR to a folder with "
                        + "more, or cut the capture into parts (editcap -c 1000000)"))
    }

    @Test("nor any memory: more frames than there is memory for are refused")
    func mostFrames() async throws {
        let path = try await make("a.pcap.gz", "gzip -c \"$0\" > \"$1\"")
        let file = try CaptureFile(path: path)
        #expect(try CaptureSurvey(file, mostFrames: 136).frameCount == 136)
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(file, mostFrames: 135) }
        #expect(error?.reason.hasPrefix("holds more than 135 frames, for whose times") == true)
    }

    @Test("copying ends when nobody wants it any more")
    func interrupted() async throws {
        let path = try await make("a.pcap.gz", "gzip -c \"$0\" > \"$1\"")
        let error = #expect(throws: CaptureError.self) {
            try CaptureFile(path: path) { _ in false }
        }
        #expect(error?.kind == .interrupted)
    }
}
