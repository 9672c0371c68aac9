// SPDX-License-Identifier: Apache-2.0

/// A hex dump of one frame, as Wireshark, tshark, `tcpdump -xx`, `xxd`, `hexdump -C` and
/// `od -A x -t x1` print it: an offset, bytes one by one or in pairs, and, where the tool prints them,
/// the same bytes as characters.
///
/// An offset says how many bytes the line before it has, and characters must be those of the bytes, so that
/// neither is taken for bytes. What can be read in two ways is refused.
struct HexDump {
    private let lines: [HexDumpLine]
    private static let secondFrame = "a second frame begins here; give one frame"

    /// - Returns: nil when the text has no offsets, so that all of it is digits.
    /// - Throws: `PacketTextError` when it may be a dump and cannot be told.
    init?(_ text: String) throws(PacketTextError) {
        var lines = HexDumpLine.lines(of: text)
        // tcpdump prints a summary in front of the bytes, tshark a name.
        if let first = lines.firstIndex(where: { $0.offset == 0 }), first > 0,
            lines[..<first].allSatisfy({ !$0.isDigitsAlone })
        {
            lines.removeFirst(first)
        }
        guard let first = lines.first, first.offset != nil else { return nil }
        if !first.hasColon {
            try Self.refuseWords(lines)
            guard let width = first.firstGroupWidth, width == 2 else { return nil }
        }
        guard first.offset == 0 else {
            throw PacketTextError(
                line: first.number,
                message: first.hasColon
                    ? "the dump begins at offset \(first.offsetText): the bytes before it are missing"
                    : "\(first.offsetText) may be an offset or bytes; write the bytes alone, or the "
                        + "dump from offset 0 on")
        }
        self.lines = lines
    }

    /// `od` and `hexdump` without options print numbers of the machine's own order; a dump without colons in
    /// which each line counts on from the one before may be theirs.
    private static func refuseWords(_ lines: [HexDumpLine]) throws(PacketTextError) {
        guard let first = lines.first, first.offset == 0, let width = first.firstGroupWidth,
            width > 2
        else { return }
        let isOffset =
            first.offsetText.count == 7
            || first.offsetText.count != width && first.offsetText.count < 9
            || lines.count > 1 && lines[1].offset == first.digitCount / 2
        guard isOffset else { return }
        throw PacketTextError(
            line: first.number,
            message:
                "\(first.offsetText) may be an offset, and the order of the bytes behind it is not "
                + "said; use hexdump -C, od -A x -t x1 or xxd")
    }

    /// The bytes of all lines.
    func bytes() throws(PacketTextError) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: [UInt8] = []
        for (index, line) in lines.enumerated() {
            let next = index + 1 < lines.count ? lines[index + 1] : nil
            if line.isStar, !last.isEmpty {
                try fill(&bytes, with: last, line, next)
                continue
            }
            try check(line, after: bytes.count, isFirst: index == 0)
            // hexdump and od end with an offset alone.
            if next == nil, index > 0, line.isOffsetAlone { break }
            last = try self.bytes(of: line, next: next)
            bytes += last
            guard bytes.count <= PacketText.longestFrame else {
                throw PacketTextError(
                    line: line.number,
                    message: "a frame has at most \(PacketText.longestFrame) bytes")
            }
        }
        return bytes
    }

    /// A star stands for lines like the one before it, up to the next offset.
    private func fill(
        _ bytes: inout [UInt8], with line: [UInt8], _ star: HexDumpLine, _ next: HexDumpLine?
    ) throws(PacketTextError) {
        guard let end = next?.offset, end > bytes.count, end <= PacketText.longestFrame,
            (end - bytes.count) % line.count == 0
        else {
            throw PacketTextError(
                line: star.number, message: "how many lines the star stands for is not clear")
        }
        while bytes.count < end { bytes += line }
    }

    private func check(
        _ line: HexDumpLine, after count: Int, isFirst: Bool
    ) throws(PacketTextError) {
        guard let offset = line.offset, line.hasColon == lines[0].hasColon else {
            // What tcpdump says of the next frame stands between the two.
            let beginsAnother = lines.contains { $0.number > line.number && $0.offset == 0 }
            throw PacketTextError(
                line: line.number,
                message: beginsAnother
                    ? Self.secondFrame : "begins with no offset, as the lines before it do")
        }
        guard offset != 0 || isFirst else {
            throw PacketTextError(line: line.number, message: Self.secondFrame)
        }
        guard offset == count else {
            throw PacketTextError(
                line: line.number,
                // Only od has seven digits, unless it is told otherwise.
                message: line.offsetText.count == 7 && Int(line.offsetText, radix: 8) == count
                    ? "the offsets are octal; use od -A x -t x1, hexdump -C or xxd"
                    : "the offset is \(line.offsetText), but 0x\(String(count, radix: 16)) bytes stand "
                        + "before it")
        }
    }

    private func bytes(
        of line: HexDumpLine, next: HexDumpLine?
    ) throws(PacketTextError) -> [UInt8] {
        let readings = line.readings
        guard !readings.isEmpty else {
            throw PacketTextError(
                line: line.number,
                message:
                    "is no line of a dump: bytes as two or four digits each, then nothing or the same "
                    + "bytes as characters")
        }
        // Where the next line counts on from this one, there is no doubt.
        if let own = line.offset, let following = next?.offset, following > own,
            let reading = readings.first(where: { $0.count == following - own })
        {
            return reading
        }
        guard readings.count == 1 else {
            throw PacketTextError(
                line: line.number,
                message: "where the bytes end and the characters begin is not clear")
        }
        return readings[0]
    }
}
