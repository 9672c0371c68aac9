// SPDX-License-Identifier: Apache-2.0

/// How fast frames passed. Bits are those of the frame bytes without FCS.
public struct Rate: Codable, Sendable, Equatable {
    public var framesPerSecond: Double
    public var bitsPerSecond: Double

    /// Both are 0 when `seconds` is not above 0: JSON has no infinity.
    public init(frames: UInt64, bytes: UInt64, seconds: Double) {
        let known = seconds.isFinite && seconds > 0
        framesPerSecond = known ? Double(frames) / seconds : 0
        bitsPerSecond = known ? Double(bytes) * 8 / seconds : 0
    }
}
