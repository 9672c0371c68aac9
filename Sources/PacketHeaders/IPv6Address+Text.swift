// SPDX-License-Identifier: Apache-2.0

extension IPv6Address {
    /// Parses the three forms of RFC 4291, 2.2: eight groups, `::` for some of them, and a dotted
    /// IPv4 address in the place of the last two. No zone, no prefix length, no brackets.
    public init?(_ text: some StringProtocol) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        // Eight groups and the empty pieces of a `::` at one end; guards the work on long input.
        guard pieces.count >= 3, pieces.count <= 9 else { return nil }

        // Where the `::` is: an empty piece inside, which at an end of the text has a twin.
        var body = pieces[...]
        var gap: Int?
        if body[0].isEmpty {
            guard body[1].isEmpty else { return nil }
            body = body.dropFirst()
        }
        if body[body.endIndex - 1].isEmpty {
            guard body[body.endIndex - 2].isEmpty else { return nil }
            // In `::` alone the piece that is left after the front stands for the gap.
            body = body.dropLast()
        }

        var groups: [UInt16] = []
        for (index, piece) in zip(body.indices, body) {
            if piece.isEmpty {
                guard gap == nil else { return nil }
                gap = groups.count
            } else if index == body.endIndex - 1, piece.utf8.contains(UInt8(ascii: ".")) {
                guard let address = IPv4Address(piece) else { return nil }
                groups.append(UInt16(address.rawValue >> 16))
                groups.append(UInt16(address.rawValue & 0xffff))
            } else {
                guard let group = UInt16(hexadecimal: piece) else { return nil }
                groups.append(group)
            }
        }
        if let gap {
            // RFC 5952, 4.2.2 says not to write `::` for one group; to read it is fine.
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension IPv6Address: CustomStringConvertible {
    /// The one form of RFC 5952: lower case, no leading zeros, `::` for the longest run of at
    /// least two zero groups, the first of equal ones. IPv4-mapped addresses end in a dotted
    /// IPv4 address (section 5).
    public var description: String {
        if high == 0, low >> 32 == 0xffff {
            return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))"
        }
        let groups = [high, low].flatMap { half in
            [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
        let gap = Self.longestZeroRun(groups)
        let text = { (part: ArraySlice<UInt16>) in
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard gap.count >= 2 else { return text(groups[...]) }
        return text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}

extension UInt16 {
    /// Parses one to four hexadecimal digits: no sign.
    init?(hexadecimal text: some StringProtocol) {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy(\.isHexDigit) else {
            return nil
        }
        self.init(text, radix: 16)
    }
}
