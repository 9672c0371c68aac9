// SPDX-License-Identifier: Apache-2.0

/// A line of a hex dump: what stands in front as an offset, and what follows it.
struct HexDumpLine {
    /// In the text, from 1.
    let number: Int
    /// The digits of the offset as they stand there; empty when there is none.
    let offsetText: String
    /// Nil when the line does not begin with three to eight digits.
    let offset: Int?
    let hasColon: Bool
    /// What follows the offset.
    private let rest: [UInt8]
    private let whole: [UInt8]

    /// Bytes of a line at most: `xxd -c 256`.
    private static let longestLine = 256

    /// The lines that are not empty.
    static func lines(of text: String) -> [HexDumpLine] {
        Array(text.utf8).split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
            .compactMap { index, bytes in
                let line = bytes.last == 0x0d ? bytes.dropLast() : bytes
                guard line.contains(where: { !isBlank($0) }) else { return nil }
                return HexDumpLine(number: index + 1, Array(line))
            }
    }

    private init(number: Int, _ line: [UInt8]) {
        self.number = number
        whole = line
        var position = line.prefix(while: isBlank).count
        if line[position...].starts(with: [0x30, 0x78]) { position += 2 }
        let digits = line[position...].prefix { digit($0) != nil }
        position = digits.endIndex
        let hasColon = position < line.count && line[position] == 0x3a
        if hasColon { position += 1 }
        guard (3...8).contains(digits.count), position == line.count || isBlank(line[position])
        else {
            offsetText = ""
            offset = nil
            self.hasColon = false
            rest = line
            return
        }
        offsetText = String(decoding: digits, as: UTF8.self)
        offset = Int(offsetText, radix: 16)
        self.hasColon = hasColon
        rest = Array(line[position...])
    }

    /// Whether it has digits and what may stand between bytes, and nothing else.
    var isDigitsAlone: Bool {
        whole.allSatisfy { isBlank($0) || $0 == 0x3a || $0 == 0x2d || digit($0) != nil }
    }

    /// Whether it stands for lines that are left out.
    var isStar: Bool { whole.filter { !isBlank($0) } == [0x2a] }

    var isOffsetAlone: Bool { offset != nil && rest.allSatisfy(isBlank) }

    /// The digits of the first group behind the offset; nil when something else stands there.
    var firstGroupWidth: Int? {
        let group = rest.drop(while: isBlank).prefix { !isBlank($0) }
        return !group.isEmpty && group.allSatisfy { digit($0) != nil } ? group.count : nil
    }

    /// The digits behind the offset, of groups alone.
    var digitCount: Int { rest.count { digit($0) != nil } }

    /// What the line's bytes can be, the fewest first: groups of one width, and behind them nothing, or
    /// the characters of just these bytes.
    var readings: [[UInt8]] {
        guard let width = firstGroupWidth, width % 2 == 0, width <= 4 || hasColon else { return [] }
        var readings: [[UInt8]] = []
        var bytes: [UInt8] = []
        var rest = rest[...]
        while true {
            let gap = rest.prefix(while: isBlank)
            let group = rest[gap.endIndex...].prefix { digit($0) != nil }
            let end = group.endIndex
            // hexdump -C, and tshark of old, leave a gap in the middle of sixteen bytes.
            let mayContinue = bytes.isEmpty || gap.count == 1 || gap.count == 2 && bytes.count == 8
            guard mayContinue, group.count <= width, group.count > 0, group.count % 2 == 0,
                end == rest.endIndex || isBlank(rest[end])
            else { break }
            var digits = group.compactMap(digit)[...]
            while let high = digits.popFirst(), let low = digits.popFirst() {
                bytes.append(high << 4 | low)
            }
            rest = rest[end...]
            // `xxd -e` turns wide groups round, which the characters alone tell.
            let isOrdered = width <= 4 || !rest.allSatisfy(isBlank)
            if isOrdered, Self.isText(rest, of: bytes) { readings.append(bytes) }
            // No tool prints longer lines, and an odd byte is the last.
            if group.count < width || bytes.count >= Self.longestLine { break }
        }
        return readings
    }

    /// Whether what stands behind the bytes is nothing, or their characters.
    private static func isText(_ rest: ArraySlice<UInt8>, of bytes: [UInt8]) -> Bool {
        let blanks = rest.prefix(while: isBlank).count
        let text = rest.dropFirst(blanks)
        guard !text.isEmpty else { return true }
        // hexdump -C, and od with a z behind its type.
        if text.count > 1, [[0x7c, 0x7c], [0x3e, 0x3c]].contains([text.first, text.last]) {
            return shows(text.dropFirst().dropLast(), bytes)
        }
        // The characters may begin with blanks themselves.
        guard blanks >= 2 else { return false }
        return (2...blanks).contains { shows(rest.dropFirst($0), bytes) }
    }

    private static func shows(_ text: ArraySlice<UInt8>, _ bytes: [UInt8]) -> Bool {
        if text.count == bytes.count + 1, bytes.count > 8, text[text.startIndex + 8] == 0x20 {
            return shows(Array(text.prefix(8) + text.dropFirst(9))[...], bytes)
        }
        guard text.count <= bytes.count else { return false }
        // Editors take blanks from the end of a line.
        return zip(text, bytes).allSatisfy(isShown)
            && bytes.dropFirst(text.count).allSatisfy { $0 == 0x20 }
    }

    /// A dot stands for what cannot be printed; with tcpdump for a blank too.
    private static func isShown(_ character: UInt8, _ byte: UInt8) -> Bool {
        character == byte || character == 0x2e && !(0x21...0x7e).contains(byte)
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func digit(_ character: UInt8) -> UInt8? { HexText.digit(character) }
