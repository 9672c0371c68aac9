// SPDX-License-Identifier: Apache-2.0

/// What a first pass over a capture finds: enough to know when a replay of it is over.
public struct CaptureSurvey: Sendable {
    public let path: String
    /// The second that `times` count from, counted from 1970: 0, unless a frame is older or more than 584 years
    /// later.
    public private(set) var epoch: Int64
    /// For each frame, nanoseconds since `epoch`. A time below its predecessor's is raised to it.
    public private(set) var times: [UInt64]
    /// Bytes of the longest frame in the file.
    public let longestFrame: Int
    public let byteCount: Int
    /// Frames of which the capture kept only the beginning.
    public let cutFrames: Int
    /// Frames whose time was below their predecessor's.
    public let earlierFrames: Int
    /// Whether the file ends in the middle of a frame, which is left out.
    public let isTruncated: Bool
    /// Whether libpcap surely reads the frames, and reads them alike.
    public let isReadByLibpcap: Bool

    public var frameCount: Int { times.count }

    /// The longest frame that net_pcap of DPDK 22.11 reads without a fault.
    public static let longestAllowed = 65_535

    /// Reads the whole capture once, from wherever it is.
    /// - Throws: `CaptureError`, also for a frame that is too long.
    public init(path: String, watch: CaptureWatch = { _ in true }) throws(CaptureError) {
        try self.init(CaptureFile(path: path, watch: watch), watch: watch)
    }

    /// Reads the whole capture once.
    /// - Parameter mostFrames: a compressed capture, of which a few bytes stand for any number of frames, may hold no
    ///   more; each takes 8 bytes of memory here.
    /// - Throws: `CaptureError`, also for a frame that is too long.
    public init(
        _ file: CaptureFile, mostFrames: Int = .max, watch: CaptureWatch = { _ in true }
    ) throws(CaptureError) {
        let reader = try CaptureReader(file)
        var timeline = CaptureTimeline()
        var longest = 0
        var bytes = 0
        var cut = 0
        while let frame = try reader.next(watch: watch) {
            let number = timeline.times.count + 1
            guard number <= mostFrames else {
                throw CaptureError(
                    .malformed, file.path,
                    "holds more than \(mostFrames) frames, for whose times there is no memory; cut it "
                        + "into parts (editcap -c 1000000)")
            }
            guard frame.bytes.count <= Self.longestAllowed else {
                throw CaptureError(
                    .malformed, file.path,
                    "frame \(number) has \(frame.bytes.count) bytes; at most "
                        + "\(Self.longestAllowed) can be replayed")
            }
            guard timeline.add(frame.moment) else {
                throw CaptureError(
                    .malformed, file.path,
                    "frame \(number) is more than 584 years later than the first; correct the times, as with "
                        + "editcap -t")
            }
            longest = max(longest, frame.bytes.count)
            bytes += frame.bytes.count
            if frame.wireLength > frame.bytes.count { cut += 1 }
        }
        path = file.path
        epoch = timeline.epoch
        times = timeline.times
        longestFrame = longest
        byteCount = bytes
        cutFrames = cut
        earlierFrames = timeline.earlier
        isTruncated = reader.isTruncated
        isReadByLibpcap = reader.isPlain
    }

    /// Has the times count from an earlier second.
    /// - Returns: false when the last is more than 584 years after it; then nothing has changed.
    public mutating func count(from earlier: Int64) -> Bool {
        if times.isEmpty { epoch = earlier }
        guard earlier != epoch else { return true }
        guard let shift = CaptureTime(seconds: epoch).nanoseconds(since: earlier),
            !(times.last ?? 0).addingReportingOverflow(shift).overflow
        else { return false }
        for index in times.indices { times[index] += shift }
        epoch = earlier
        return true
    }

    /// What a user should know about the file, in sentences.
    public var notes: [String] {
        var notes: [String] = []
        if isTruncated {
            notes.append(
                "\(path): ends in the middle of a frame; the \(frameCount) before are used")
        }
        if cutFrames > 0 {
            notes.append(
                "\(path): \(cutFrames) of \(frameCount) frames were cut when they were captured")
        }
        if earlierFrames > 0 {
            notes.append(
                "\(path): \(earlierFrames) frames are earlier than the one before; file order is kept"
            )
        }
        if frameCount == 0 { notes.append("\(path): holds no frames") }
        return notes
    }
}
