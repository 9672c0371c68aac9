// SPDX-License-Identifier: Apache-2.0

/// Ticks of the time stamp counter that sampled rounds took, by part, and what they did in them.
public struct RoundCycles: Sendable, Equatable {
    /// By the parts' indices; at the end frames and rounds.
    private var words: [UInt64]

    init(words: [UInt64]) { self.words = words }

    /// All zero.
    public init() { words = [UInt64](repeating: 0, count: RoundPart.allCases.count + 2) }

    public func ticks(_ part: RoundPart) -> UInt64 { words[part.index] }
    /// Frames that came in during sampled rounds.
    public var frames: UInt64 { words[words.count - 2] }
    public var rounds: UInt64 { words[words.count - 1] }

    public static func + (left: RoundCycles, right: RoundCycles) -> RoundCycles {
        RoundCycles(words: zip(left.words, right.words).map { $0 &+ $1 })
    }

    public static func - (left: RoundCycles, right: RoundCycles) -> RoundCycles {
        RoundCycles(words: zip(left.words, right.words).map { $0 &- $1 })
    }
}
