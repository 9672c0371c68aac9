// SPDX-License-Identifier: Apache-2.0

import Captures
import TestSupport
import Testing

/// The first pass over a capture knows how many frames a replay will have, and when.
@Suite struct CaptureSurveyTests {
    @Test func givenFramesTheyAreCounted() throws {
        let survey = try survey(
            PcapFile(precision: .nano).adding([1, 2], seconds: 5, fraction: 1)
                .adding([1, 2, 3, 4], seconds: 5, fraction: 2))
        #expect(survey.frameCount == 2)
        #expect(survey.byteCount == 6)
        #expect(survey.longestFrame == 4)
        #expect(survey.times == [5_000_000_001, 5_000_000_002])
        #expect(survey.notes.isEmpty)
    }

    @Test func givenTimesThatDecreaseTheyAreRaisedAndNoted() throws {
        var file = PcapFile(precision: .nano)
        for seconds in [5, 3, 4, 6, 6, 2] as [UInt32] { file.add([1], seconds: seconds) }
        let survey = try survey(file)
        #expect(survey.times == [5, 5, 5, 6, 6, 6].map { $0 * 1_000_000_000 })
        #expect(survey.earlierFrames == 3)
        #expect(
            survey.notes == [
                "\(survey.path): 3 frames are earlier than the one before; file order is kept"
            ])
    }

    @Test func givenCutFramesTheyAreNoted() throws {
        let survey = try survey(
            PcapFile().adding([1], wireLength: 1500).adding([1]).adding([1, 2], wireLength: 3))
        #expect(survey.cutFrames == 2)
        #expect(survey.longestFrame == 2)
        #expect(
            survey.notes == ["\(survey.path): 2 of 3 frames were cut when they were captured"])
    }

    @Test func givenAFileThatEndsInsideAFrameItIsNoted() throws {
        let folder = try TemporaryFolder()
        let bytes = Array(PcapFile().adding([1]).adding([1, 2]).bytes.dropLast())
        let survey = try CaptureSurvey(path: try folder.write(bytes, to: "in.pcap"))
        #expect(survey.isTruncated)
        #expect(survey.frameCount == 1)
        #expect(
            survey.notes == [
                "\(survey.path): ends in the middle of a frame; the 1 before are used"
            ])
    }

    @Test func givenNoFramesItIsNoted() throws {
        let survey = try survey(PcapFile())
        #expect(survey.frameCount == 0)
        #expect(survey.longestFrame == 0)
        #expect(survey.notes == ["\(survey.path): holds no frames"])
    }

    @Test func givenTheLongestFrameAllowedItIsTaken() throws {
        let frame = [UInt8](repeating: 1, count: CaptureSurvey.longestAllowed)
        #expect(try survey(PcapFile().adding(frame)).longestFrame == 65_535)
    }

    private func survey(_ file: PcapFile) throws -> CaptureSurvey {
        let folder = try TemporaryFolder()
        return try CaptureSurvey(path: try folder.write(file.bytes, to: "in.pcap"))
    }
}
