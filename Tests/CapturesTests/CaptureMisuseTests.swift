// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import TestSupport
import Testing

/// What is no capture is refused with the reason, and sorted by what the user can do about it.
@Suite struct CaptureMisuseTests {
    @Test func givenAPathThatDoesNotExistItIsUnreadable() {
        let error = #expect(throws: CaptureError.self) {
            try CaptureReader(path: "/nonexistent/in.pcap")
        }
        #expect(error?.kind == .unreadable)
        #expect(error?.description == "/nonexistent/in.pcap: No such file or directory")
    }

    @Test func givenAFolderItIsUnreadable() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CaptureError.self) {
            try CaptureReader(path: folder.url.path)
        }
        #expect(error?.kind == .unreadable)
        #expect(error?.reason == "is a directory; name a capture in it")
    }

    @Test(.enabled(if: geteuid() != 0, "root reads every file"))
    func givenAFileWithoutPermissionItIsUnreadable() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(PcapFile().bytes, to: "in.pcap")
        #expect(chmod(path, 0) == 0)
        let error = #expect(throws: CaptureError.self) { try CaptureReader(path: path) }
        #expect(error?.kind == .unreadable)
        #expect(error?.reason == "Permission denied")
    }

    @Test(arguments: [
        [UInt8]("hello, I am no capture at all".utf8), [0], [0xd4, 0xc3, 0xb2, 0xa1],
        Array(PcapFile().bytes.dropLast()),
    ])
    func givenOtherBytesTheyAreNoCapture(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "in.pcap")
        let error = #expect(throws: CaptureError.self) { try CaptureReader(path: path) }
        #expect(error?.kind == .malformed)
        #expect(error?.path == path)
        #expect(error?.reason.hasPrefix("not a pcap or pcapng capture") == true)
    }

    @Test(arguments: [(0, "NULL"), (113, "LINUX_SLL"), (101, "RAW"), (147, "147")])
    func givenAnotherLinkTypeItsNameIsInTheError(linkType: UInt32, name: String) throws {
        let folder = try TemporaryFolder()
        let file = PcapFile(linkType: linkType).adding([1, 2, 3])
        let path = try folder.write(file.bytes, to: "in.pcap")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
        #expect(error?.kind == .malformed)
        #expect(
            error?.reason == "link type \(name) instead of Ethernet (EN10MB); "
                + "capture on an Ethernet interface, not on \"any\"")
    }

    @Test func givenAFrameLongerThanAnyItIsMalformedAndNamed() throws {
        let folder = try TemporaryFolder()
        let file = PcapFile().adding([1]).adding([UInt8](repeating: 0, count: 65_536))
        let path = try folder.write(file.bytes, to: "in.pcap")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
        #expect(error?.kind == .malformed)
        #expect(error?.reason == "frame 2 has 65536 bytes; at most 65535 can be replayed")
    }

    /// The record claims more bytes than libpcap believes any frame to have.
    @Test func givenARecordOfAbsurdLengthItIsMalformed() throws {
        let folder = try TemporaryFolder()
        var bytes = PcapFile().adding([1, 2, 3]).bytes
        bytes.replaceSubrange(24 + 8..<24 + 12, with: [0xff, 0xff, 0xff, 0x7f])
        let path = try folder.write(bytes, to: "in.pcap")
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: path) }
        #expect(error?.kind == .malformed)
    }
}
