// SPDX-License-Identifier: Apache-2.0

/// Frames and their bytes without FCS.
public struct Traffic: Codable, Sendable, Equatable {
    public var frames: UInt64
    public var bytes: UInt64

    public init(frames: UInt64 = 0, bytes: UInt64 = 0) {
        self.frames = frames
        self.bytes = bytes
    }
}
