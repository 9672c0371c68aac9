// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Captures

/// pcapng files of every kind are read as tshark reads them.
@Suite struct PcapngReaderTests {
    private func read(_ path: String) throws -> [TsharkView.Frame] {
        let reader = try CaptureReader(path: path)
        var frames: [TsharkView.Frame] = []
        while let frame = try reader.next() {
            frames.append(
                TsharkView.Frame(
                    moment: frame.moment, wireLength: frame.wireLength, bytes: Array(frame.bytes)))
        }
        return frames
    }

    static let sound = [
        "around-1970", "before-1970", "beyond-snap-length", "late-interface",
        "lengths-without-padding", "no-frames-of-another-link-type", "no-interface", "old-packets",
        "other-blocks", "resolutions", "section-without-interface", "sections-of-both-orders",
        "simple-packets", "two-snap-lengths", "unused-second-link-type", "year-2200",
    ]
    static let damaged = [
        "length-not-of-four", "too-long-for-its-block", "unknown-interface", "version-2",
        "wrong-trailer",
    ]

    @Test("no file is left out")
    func allFiles() throws {
        #expect(
            try TsharkView.names()
                == (Self.sound + Self.damaged + ["cut-short", "link-type-in-use"]).sorted())
    }

    @Test("frames, times and lengths are those that tshark shows", arguments: sound)
    func readLikeTshark(name: String) throws {
        let view = try TsharkView(name)
        #expect(view.error == nil)
        let frames = try read(view.path)
        try #require(frames.count == view.frames.count)
        var last = CaptureTime(seconds: 0)
        for (frame, expected) in zip(frames, view.frames) {
            // A frame without a time gets that of the frame before.
            last = expected.moment ?? last
            #expect(frame.moment == last)
            #expect(frame.wireLength == expected.wireLength)
            #expect(frame.bytes == expected.bytes)
        }
    }

    @Test(
        "what tshark calls damaged is refused, with the block, the byte and what can be kept",
        arguments: damaged)
    func refusedLikeTshark(name: String) throws {
        let view = try TsharkView(name)
        #expect(view.error != nil)
        let error = #expect(throws: CaptureError.self) { try read(view.path) }
        #expect(error?.kind == .malformed)
        #expect(error?.description.hasPrefix("\(view.path): block ") == true, "\(error!)")
        let kept = view.frames.count
        if kept > 0 {
            #expect(
                error?.reason.hasSuffix(
                    "; the file is damaged: \"editcap -r FILE NEW 1-\(kept)\" keeps the frames before"
                )
                    == true, "\(error!)")
        }
    }

    @Test("the block, byte and frame are those where the damage is")
    func places() throws {
        for (name, reason) in [
            (
                "too-long-for-its-block",
                "block 4, at byte 140, frame 2: a frame of 4000 bytes, for which its block"
            ),
            (
                "unknown-interface",
                "block 4, at byte 140, frame 2: a frame of interface 1, of 1 that are described"
            ),
            (
                "wrong-trailer",
                "block 4, at byte 140, frame 2: a block of 92 bytes that says at its end to have 96"
            ),
            ("version-2", "block 1, at byte 0: version 2.0 of pcapng, of which version 1 is known"),
        ] {
            let error = #expect(throws: CaptureError.self) { try read(TsharkView(name).path) }
            #expect(error?.reason.hasPrefix(reason) == true, "\(error!)")
        }
    }

    @Test(
        "a file that ends in the middle of a block is read up to there, wherever it ends",
        arguments: 1...91)
    func cutShort(missing: Int) throws {
        let view = try TsharkView("late-interface")
        let bytes = try Data(contentsOf: URL(filePath: view.path)).dropLast(missing)
        let folder = try TemporaryFolder()
        let reader = try CaptureReader(path: try folder.write(Array(bytes), to: "in.pcapng"))
        #expect(try reader.next()?.moment == view.frames[0].moment)
        #expect(try reader.next()?.moment == view.frames[1].moment)
        #expect(try reader.next()?.moment == nil)
        #expect(reader.isTruncated)
        #expect(try reader.next()?.moment == nil)
    }

    @Test("a frame of another link type is refused, with its number, its interface and the way out")
    func otherLinkType() throws {
        let view = try TsharkView("link-type-in-use")
        #expect(view.linkTypes == [1, 25, 1])
        let error = #expect(throws: CaptureError.self) { try CaptureSurvey(path: view.path) }
        #expect(error?.kind == .malformed)
        #expect(
            error?.reason
                == "frame 2, of interface 1 (any), has link type LINUX_SLL instead of Ethernet "
                + "(EN10MB); capture on an Ethernet interface, not on \"any\", or leave such frames out: "
                + "tshark -r FILE -Y \"frame.interface_id != 1\" -w NEW")
    }

    @Test(
        "what libpcap does not read is copied so that it does, and the rest is read where it is",
        arguments: sound)
    func readableByLibpcap(name: String) throws {
        let view = try TsharkView(name)
        let file = try CaptureFile(path: view.path)
        let survey = try CaptureSurvey(file)
        let readable = try file.readableByLibpcap(survey)
        #expect(readable.isCopy != survey.isReadByLibpcap)
        let reader = try PcapReader(path: "copy", readPath: readable.readPath)
        for frame in view.frames {
            let copied = try #require(try reader.next())
            #expect(Array(copied.bytes) == frame.bytes)
            #expect(copied.wireLength == frame.wireLength)
        }
        #expect(try reader.next()?.moment == nil)
    }

    @Test("an ordinary file of one interface needs no copy")
    func ordinary() throws {
        for name in ["zeek-vlan-pcp-dei.pcapng", "zeek-ip-discarder-truncated-tcp-oob.pcapng"] {
            let file = try CaptureFile(path: Repository.realCapture(name))
            #expect(try CaptureSurvey(file).isReadByLibpcap)
        }
    }
}
