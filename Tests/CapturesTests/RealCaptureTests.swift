// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import TestSupport
import Testing

/// The captures of Tests/Captures/real survey as SOURCES.md beside them says.
@Suite struct RealCaptureTests {
    @Test(arguments: [
        ("zeek-wikipedia.pcap", 136, 0), ("zeek-5-pings.pcap", 10, 0),
        ("tcpdump-gso-ipv4.pcap", 1, 0), ("zeek-vlan-pcp-dei.pcapng", 9, 0),
        ("zeek-chksums-bad.pcap", 23, 0), ("zeek-chksums-good.pcap", 12, 0),
        ("zeek-udp-contents-truncated-oob.pcap", 1, 1),
        ("zeek-ip-discarder-truncated-tcp-oob.pcapng", 1, 1),
        ("suri-decode-too-many-layers.pcap", 1, 0),
    ])
    func aRealCaptureHasItsFrames(name: String, frames: Int, cut: Int) throws {
        let survey = try CaptureSurvey(path: Repository.realCapture(name))
        #expect(survey.frameCount == frames)
        #expect(survey.cutFrames == cut)
        #expect(!survey.isTruncated)
    }

    @Test func theLongFrameIsLongerThanOneBuffer() throws {
        let survey = try CaptureSurvey(path: Repository.realCapture("tcpdump-gso-ipv4.pcap"))
        #expect(survey.longestFrame == 7306)
    }

    @Test func theCookedCaptureIsRefused() throws {
        let error = #expect(throws: CaptureError.self) {
            try CaptureSurvey(path: Repository.realCapture("tcpdump-tcp-handshake-nano.pcap"))
        }
        #expect(error?.kind == .malformed)
        #expect(error?.reason.contains("LINUX_SLL") == true)
    }

    /// All of them, so that a capture that is added later is read too.
    @Test func noRealCaptureIsUnreadable() throws {
        for capture in try Repository.captures(in: Repository.realCaptures) {
            do {
                let survey = try CaptureSurvey(path: capture.path)
                #expect(survey.longestFrame <= survey.byteCount)
            } catch {
                #expect(error.reason.hasPrefix("link type"), "\(error)")
            }
        }
    }

    @Test(
        .enabled(if: Repository.corpora != nil, "../shared/corpora is not on this machine"),
        arguments: ["pcaps", "malformed"])
    func capturesOfTheCorporaAreReadOrRefusedWithAReason(folder: String) throws {
        let corpora = try #require(Repository.corpora)
        let captures = try Repository.captures(in: corpora.appending(path: folder))
        #expect(captures.count >= 30)
        for capture in captures {
            do {
                let survey = try CaptureSurvey(path: capture.path)
                #expect(survey.frameCount > 0, "\(capture.lastPathComponent)")
                #expect(zip(survey.times.dropFirst(), survey.times).allSatisfy { $0 >= $1 })
            } catch {
                #expect(error.kind == .malformed, "\(error)")
            }
        }
    }
}
