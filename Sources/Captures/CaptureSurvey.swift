// SPDX-License-Identifier: Apache-2.0

/// What a first pass over a capture finds: enough to know when a replay of it is over.
public struct CaptureSurvey: Sendable {
    public let path: String
    /// For each frame, nanoseconds since 1970. A time below its predecessor's is raised to it.
    public let times: [UInt64]
    /// Bytes of the longest frame in the file.
    public let longestFrame: Int
    public let byteCount: Int
    /// Frames of which the capture kept only the beginning.
    public let cutFrames: Int
    /// Frames whose time was below their predecessor's.
    public let earlierFrames: Int
    /// Whether the file ends in the middle of a frame, which is left out.
    public let isTruncated: Bool

    public var frameCount: Int { times.count }

    /// The longest frame that net_pcap of DPDK 22.11 reads without a fault.
    public static let longestAllowed = 65_535

    /// Reads the whole file once.
    /// - Throws: `CaptureError`, also for a frame that is too long.
    public init(path: String, watch: CaptureWatch = { _ in true }) throws(CaptureError) {
        let reader = try CaptureReader(path: path)
        var times: [UInt64] = []
        var longest = 0
        var bytes = 0
        var cut = 0
        var earlier = 0
        while let frame = try reader.next(watch: watch) {
            guard frame.bytes.count <= Self.longestAllowed else {
                throw CaptureError(
                    .malformed, path,
                    "frame \(times.count + 1) has \(frame.bytes.count) bytes; at most "
                        + "\(Self.longestAllowed) can be replayed")
            }
            if let last = times.last, frame.time < last {
                earlier += 1
                times.append(last)
            } else {
                times.append(frame.time)
            }
            longest = max(longest, frame.bytes.count)
            bytes += frame.bytes.count
            if frame.wireLength > frame.bytes.count { cut += 1 }
        }
        self.path = path
        self.times = times
        longestFrame = longest
        byteCount = bytes
        cutFrames = cut
        earlierFrames = earlier
        isTruncated = reader.isTruncated
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
