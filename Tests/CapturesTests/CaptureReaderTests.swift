// SPDX-License-Identifier: Apache-2.0

import Captures
import TestSupport
import Testing

/// Every kind of capture is read alike: bytes, lengths, nanoseconds.
@Suite struct CaptureReaderTests {
    static let frame = Frames.ipv4()

    @Test(arguments: [PcapFile.Precision.micro, .nano], [false, true])
    func givenAPcapOfAnyKindTimesAreNanoseconds(
        precision: PcapFile.Precision, isBigEndian: Bool
    ) throws {
        let folder = try TemporaryFolder()
        let file = PcapFile(precision: precision, isBigEndian: isBigEndian)
            .adding(Self.frame, seconds: 1_700_000_000, fraction: 123_456)
            .adding([1, 2, 3], seconds: 1_700_000_001, fraction: 1)
        let unit: UInt64 = precision == .micro ? 1000 : 1
        #expect(
            try read(try folder.write(file.bytes, to: "in.pcap")) == [
                ReadFrame(
                    time: 1_700_000_000_000_000_000 + 123_456 * unit, wireLength: Self.frame.count,
                    bytes: Self.frame),
                ReadFrame(
                    time: 1_700_000_001_000_000_000 + unit, wireLength: 3, bytes: [1, 2, 3]),
            ])
    }

    @Test func givenATimeAfter2038ItIsNotBefore1970() throws {
        let folder = try TemporaryFolder()
        let file = PcapFile(precision: .nano).adding(Self.frame, seconds: 4_000_000_000)
        let frames = try read(try folder.write(file.bytes, to: "in.pcap"))
        #expect(frames.map(\.time) == [4_000_000_000_000_000_000])
    }

    @Test func givenACutFrameItsWireLengthIsKept() throws {
        let folder = try TemporaryFolder()
        let file = PcapFile().adding([1, 2, 3, 4], wireLength: 1500)
        let frames = try read(try folder.write(file.bytes, to: "in.pcap"))
        #expect(frames == [ReadFrame(time: 0, wireLength: 1500, bytes: [1, 2, 3, 4])])
    }

    @Test func givenAFrameOfNoBytesItIsAFrame() throws {
        let folder = try TemporaryFolder()
        let file = PcapFile().adding([]).adding([7])
        #expect(try read(try folder.write(file.bytes, to: "in.pcap")).map(\.bytes) == [[], [7]])
    }

    /// tshark and tcpdump show 60 bytes of each.
    @Test(arguments: [PcapFile.Precision.micro, .nano], [false, true])
    func givenFramesLongerThanTheHeaderSaysTheyAreWhole(
        precision: PcapFile.Precision, isBigEndian: Bool
    ) throws {
        let folder = try TemporaryFolder()
        let frames = (0..<3).map { [UInt8](repeating: $0, count: $0 == 0 ? 40 : 60) }
        var file = PcapFile(precision: precision, isBigEndian: isBigEndian, snapLength: 40)
        for frame in frames { file.add(frame, seconds: 7) }
        let path = try folder.write(file.bytes, to: "in.pcap")
        #expect(try read(path).map(\.bytes) == frames)
        let survey = try CaptureSurvey(path: path)
        #expect(survey.cutFrames == 0)
        // DPDK's device reads what libpcap leaves whole.
        let copy = try CaptureFile(path: path).readableByLibpcap(survey)
        #expect(copy.isCopy)
        #expect(try CaptureSurvey(copy).longestFrame == 60)
    }

    @Test func givenAnotherLinkTypeAFileWithoutFramesIsRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(PcapFile(linkType: 113).bytes, to: "in.pcap")
        #expect(try CaptureSurvey(path: path).frameCount == 0)
    }

    @Test func givenAFileOfNoBytesItIsNoCapture() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([], to: "in.pcap")
        let error = #expect(throws: CaptureError.self) { try read(path) }
        #expect(error?.kind == .malformed)
    }

    @Test func givenAHeaderAloneItHoldsNoFrames() throws {
        let folder = try TemporaryFolder()
        let reader = try CaptureReader(path: try folder.write(PcapFile().bytes, to: "in.pcap"))
        #expect(try reader.next()?.time == nil)
        #expect(!reader.isTruncated)
        #expect(try reader.next()?.time == nil)
    }

    /// Cut anywhere inside the last frame or its header.
    @Test(arguments: 1..<20)
    func givenAFileThatEndsInsideAFrameTheOthersAreRead(missing: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = PcapFile().adding([1, 2]).adding([3, 4, 5, 6]).bytes.dropLast(missing)
        let reader = try CaptureReader(path: try folder.write(Array(bytes), to: "in.pcap"))
        #expect(try reader.next().map { Array($0.bytes) } == [1, 2])
        #expect(try reader.next()?.time == nil)
        #expect(reader.isTruncated)
        #expect(try reader.next()?.time == nil)
    }

    @Test func pcapngIsReadLikePcap() throws {
        let frames = try read(Repository.realCapture("zeek-vlan-pcp-dei.pcapng"))
        #expect(frames.count == 9)
        #expect(frames.allSatisfy { $0.bytes.count == $0.wireLength })
        #expect(zip(frames.dropFirst(), frames).allSatisfy { $0.time >= $1.time })
    }

    @Test func givenACutPcapngFrameItsWireLengthIsKept() throws {
        let frames = try read(
            Repository.realCapture("zeek-ip-discarder-truncated-tcp-oob.pcapng"))
        #expect(frames.map(\.bytes.count) == [34])
        #expect(frames.allSatisfy { $0.wireLength > 34 })
    }
}
