// SPDX-License-Identifier: Apache-2.0

/// A set of positions in a burst, a bit each.
@frozen public struct BurstPositions: Equatable, Sendable {
    @usableFromInline var bits: UInt64

    @inlinable @inline(__always) public init() { bits = 0 }

    /// Every position that a burst has.
    public static let all = BurstPositions(bits: .max)

    @inlinable @inline(__always) public init(bits: UInt64) { self.bits = bits }

    /// Those of a burst of so many frames.
    @inlinable @inline(__always)
    public init(below count: Int) { bits = count >= UInt64.bitWidth ? .max : (1 &<< count) &- 1 }

    @inlinable @inline(__always) public var isEmpty: Bool { bits == 0 }

    @inlinable @inline(__always)
    public func contains(_ position: Int) -> Bool { bits & (1 &<< UInt64(position)) != 0 }

    @inlinable @inline(__always) public var count: Int { bits.nonzeroBitCount }

    @inlinable @inline(__always)
    public mutating func remove(_ position: Int) { bits &= ~(1 &<< UInt64(position)) }

    @inlinable @inline(__always)
    public mutating func insert(_ position: Int) { bits |= 1 &<< UInt64(position) }

    /// Those that are not in the other set.
    @inlinable @inline(__always)
    public func subtracting(_ other: BurstPositions) -> BurstPositions {
        BurstPositions(bits: bits & ~other.bits)
    }

    /// Those that are in both.
    @inlinable @inline(__always)
    public func intersection(_ other: BurstPositions) -> BurstPositions {
        BurstPositions(bits: bits & other.bits)
    }

    /// Those that are in either.
    @inlinable @inline(__always)
    public func union(_ other: BurstPositions) -> BurstPositions {
        BurstPositions(bits: bits | other.bits)
    }

    /// Takes the lowest position out; nil when there is none.
    @inlinable @inline(__always) public mutating func popFirst() -> Int? {
        guard bits != 0 else { return nil }
        let position = bits.trailingZeroBitCount
        bits &= bits &- 1
        return position
    }

    /// The positions that stay when the frames at `gone` are taken out and the others close up.
    public func closingUp(without gone: BurstPositions) -> BurstPositions {
        var closed = BurstPositions()
        var left = BurstPositions(bits: bits & ~gone.bits)
        while let position = left.popFirst() {
            let before = gone.bits & ((1 &<< UInt64(position)) &- 1)
            closed.insert(position &- before.nonzeroBitCount)
        }
        return closed
    }
}
