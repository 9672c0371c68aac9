// SPDX-License-Identifier: Apache-2.0

/// Where a named field stands in a frame.
public struct FrameField: Hashable, Sendable {
    public let name: FieldName
    /// From the first bit of the frame; the highest bit of a byte is the first.
    public let bitOffset: Int
    /// 1 or more.
    public let bitCount: Int

    /// The bytes that hold at least one bit of the field.
    public var byteRange: Range<Int> { bitOffset / 8..<(bitOffset + bitCount + 7) / 8 }

    /// The first bit within the first byte, 0 to 7.
    public var firstBit: Int { bitOffset % 8 }
}
