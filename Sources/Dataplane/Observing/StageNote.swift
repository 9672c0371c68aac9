// SPDX-License-Identifier: Apache-2.0

/// What a stage tells of a frame beside that it let it pass: two words, which the stage's own file packs and
/// unpacks. Nobody between the stage and the words for people needs to know what they mean.
public struct StageNote: BitwiseCopyable, Equatable, Sendable {
    public let first: UInt64
    public let second: UInt64

    @inline(__always) public init(_ first: UInt64, _ second: UInt64 = 0) {
        self.first = first
        self.second = second
    }
}
