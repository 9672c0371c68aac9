// SPDX-License-Identifier: Apache-2.0

/// What a fuzzer's input has two ports receive. Each frame is a byte of settings, its length in two bytes
/// (big-endian) and its bytes; the last one ends with the input.
///
/// Settings: bit 0 is the port; bit 1 ends a burst behind the frame; bits 2 to 7, when they are not 0, cut
/// the frame into segments: the first one has that many bytes, the others are as long as buffers are.
struct FrameScript {
    struct Frame {
        /// 0 or 1.
        let port: Int
        let bytes: [UInt8]
        /// Bytes in the first segment.
        let firstSegment: Int
        let endsBurst: Bool
    }

    /// Few enough for the rings between the ports, the workers and the harness, with room to spare.
    static let mostFrames = 200
    /// More than any MTU of the router, and two buffers.
    static let longestFrame = 3000

    private(set) var frames: [Frame] = []

    init(_ input: UnsafeBufferPointer<UInt8>) {
        var rest = input[...]
        while rest.count > 3, frames.count < Self.mostFrames {
            let start = rest.startIndex
            let settings = rest[start]
            let stated = Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            rest = rest.dropFirst(3)
            let bytes = Array(rest.prefix(min(stated, Self.longestFrame)))
            rest = rest.dropFirst(bytes.count)
            // A frame of no bytes is no frame.
            guard !bytes.isEmpty else { continue }
            let cut = Int(settings >> 2)
            frames.append(
                Frame(
                    port: Int(settings & 1), bytes: bytes,
                    firstSegment: cut == 0 ? bytes.count : min(cut, bytes.count),
                    endsBurst: settings & 2 != 0))
        }
    }
}
