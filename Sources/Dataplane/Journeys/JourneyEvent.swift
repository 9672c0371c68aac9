// SPDX-License-Identifier: Apache-2.0

/// One thing that a stage told of a frame: the calls of `StageObserver` as values.
public enum JourneyEvent: Sendable, Equatable {
    /// The frame came into the pipeline.
    case arrived(HeldFrame)
    case entered(Stage)
    case noted(Stage, StageNote)
    /// A hash of all bytes of the frame that is about to be sent.
    case digest(UInt64)
    /// - Parameter port: DPDK's index.
    case sent(port: UInt16, HeldFrame)
    case dropped(stage: Stage, reason: DropReason)
    /// It ended there, and did what it came for.
    case consumed(stage: Stage)
    /// The frame waited; what is in force may be something else by now.
    /// - Parameter place: how many frames have come in.
    case resumed(place: Int)
    /// What the frame is from here on: a stage made another one of it.
    case became(stage: Stage, HeldFrame)
}

/// A frame at one moment: its length, and its bytes as far as they were held.
public struct HeldFrame: Sendable, Equatable {
    public let length: Int
    /// The first bytes of the frame, or all of them.
    public let bytes: [UInt8]

    public init(length: Int, bytes: [UInt8]) {
        self.length = length
        self.bytes = bytes
    }

    public var isWhole: Bool { bytes.count == length }
}
