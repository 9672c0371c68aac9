// SPDX-License-Identifier: Apache-2.0

/// A place in a text file. Lines and columns start at 1; columns count Unicode scalars.
public struct Location: Hashable, Sendable, Comparable {
    // Half the size of two Ints: a file of a million routes holds millions of these.
    private let storedLine: UInt32
    private let storedColumn: UInt32

    public var line: Int { Int(storedLine) }
    public var column: Int { Int(storedColumn) }

    public init(line: Int, column: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    public static func < (left: Location, right: Location) -> Bool {
        (left.storedLine, left.storedColumn) < (right.storedLine, right.storedColumn)
    }
}

extension Location: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
