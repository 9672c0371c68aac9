// SPDX-License-Identifier: Apache-2.0

import Captures

/// A frame with bytes of its own.
struct ReadFrame: Equatable {
    let time: UInt64
    let wireLength: Int
    let bytes: [UInt8]
}

/// All frames of a capture, by Freeway's reader.
func read(_ path: String) throws -> [ReadFrame] {
    let reader = try CaptureReader(path: path)
    var frames: [ReadFrame] = []
    while let frame = try reader.next() {
        frames.append(
            ReadFrame(time: frame.time, wireLength: frame.wireLength, bytes: Array(frame.bytes)))
    }
    return frames
}
