// SPDX-License-Identifier: Apache-2.0

import Captures
import Forwarding

/// A capture that a port receives in a replay.
struct ReplayInput {
    private(set) var survey: CaptureSurvey
    /// Its frames, so that net_pcap reads them.
    let fileForDevice: CaptureFile

    /// Files that one may hold open: copies of what was compressed and of what net_pcap cannot read, and the device's.
    static let openFiles = 3
    /// Memory that a frame takes in the survey and in the schedule, and as much again.
    private static let bytesPerFrame = 64

    /// Opens a capture, and reads it once.
    /// - Throws: `ForwarderError` when it cannot be replayed.
    init(path: String, watch: CaptureWatch) throws(ForwarderError) {
        do throws(CaptureError) {
            let file = try CaptureFile(path: path, watch: watch)
            survey = try CaptureSurvey(file, mostFrames: Self.mostFrames(of: file), watch: watch)
            fileForDevice = try file.readableByLibpcap(survey, watch: watch)
        } catch {
            throw ForwarderError(error)
        }
    }

    /// A file on a disk is as long as it looks; of a copy nobody knew how much would come.
    private static func mostFrames(of file: CaptureFile) -> Int {
        guard file.isCopy, let memory = AvailableMemory() else { return .max }
        return memory.megabytes << 20 / bytesPerFrame
    }

    /// Has the times of all inputs count from the second that suits the earliest.
    static func countFromOneSecond(
        _ inputs: inout [String: ReplayInput]
    ) throws(ForwarderError) {
        let filled = inputs.filter { $0.value.survey.frameCount > 0 }
        let epoch = filled.values.map(\.survey.epoch).min() ?? 0
        for (port, input) in inputs {
            var input = input
            guard input.survey.count(from: epoch) else {
                throw ForwarderError(
                    .malformedCapture,
                    "\(input.survey.path): its frames are centuries later than those of another input, more "
                        + "than a replay's clock counts (584 years); correct the times, as with editcap -t"
                )
            }
            inputs[port] = input
        }
    }
}
