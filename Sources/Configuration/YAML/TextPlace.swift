// SPDX-License-Identifier: Apache-2.0

/// Finds places in a text that is held as bytes.
enum TextPlace {
    /// Where the byte at the offset is.
    static func location(of offset: Int, in bytes: [UInt8]) -> Location {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return Location(
            line: before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 },
            // Continuation bytes of UTF-8 belong to the scalar before them.
            column: before[lineStart...].reduce(1) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 })
    }

    /// Where the first byte is that is not UTF-8, or `nil` when all are.
    static func firstInvalidUTF8(in bytes: [UInt8]) -> Location? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return location(of: bytes.count, in: bytes)
            case .error: return location(of: offset, in: bytes)
            }
        }
    }
}
