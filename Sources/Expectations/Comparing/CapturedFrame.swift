// SPDX-License-Identifier: Apache-2.0

public import Captures

/// A frame of a capture, held.
public struct CapturedFrame: Hashable, Sendable {
    public var bytes: [UInt8]
    /// Nanoseconds since 1970; no difference from what is expected.
    public var time: UInt64

    public init(_ bytes: [UInt8], time: UInt64 = 0) {
        self.bytes = bytes
        self.time = time
    }

    /// What the frames of one capture may take in memory.
    public static let memoryLimit = 1 << 30
    /// What a frame takes beside its bytes, about.
    private static let overhead = 64

    /// Reads a whole capture.
    /// - Throws: `CaptureError`, also for one that is too large to hold, or that ends in the middle of a frame:
    ///   whoever holds it against another one would miss what it lost.
    public static func all(
        in path: String, memoryLimit: Int = memoryLimit
    ) throws(CaptureError) -> [CapturedFrame] {
        try all(in: CaptureFile(path: path), memoryLimit: memoryLimit)
    }

    /// - Throws: `CaptureError`, also for one that is too large to hold.
    public static func all(
        in file: CaptureFile, memoryLimit: Int = memoryLimit
    ) throws(CaptureError) -> [CapturedFrame] {
        let reader = try CaptureReader(file)
        var frames: [CapturedFrame] = []
        var size = 0
        while let frame = try reader.next() {
            size += frame.bytes.count + overhead
            guard size <= memoryLimit else {
                throw CaptureError(
                    .unreadable, file.path,
                    "too large to be compared: its first \(frames.count) frames fill "
                        + "\(memoryLimit >> 20) MiB; compare a shorter capture")
            }
            frames.append(CapturedFrame(Array(frame.bytes), time: frame.time))
        }
        guard !reader.isTruncated else {
            throw CaptureError(
                .malformed, file.path,
                "ends in the middle of frame \(frames.count + 1), so that what was to follow is not known; "
                    + "write it again")
        }
        return frames
    }
}
