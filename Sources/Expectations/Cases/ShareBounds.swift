// SPDX-License-Identifier: Apache-2.0

/// What share of a whole is expected: from the one to the other, both included.
public struct ShareBounds: Sendable, Hashable {
    /// In thousandths of a percent, 0 to 100,000; the first is not above the second.
    public let lowest: Int
    public let highest: Int

    static let whole = 100_000

    /// Reads `40..60 %` or `50 %`, with up to three decimal places; `nil` for anything else.
    public init?(_ text: String) {
        guard text.hasSuffix("%") else { return nil }
        let number = text.dropLast().trimmed
        let parts = number.firstRange(of: "..").map {
            [number[..<$0.lowerBound], number[$0.upperBound...]]
        }
        let values = (parts ?? [number]).compactMap { Self.thousandths($0.trimmed) }
        guard values.count == parts?.count ?? 1, let first = values.first, let last = values.last,
            first <= last, last <= Self.whole
        else { return nil }
        lowest = first
        highest = last
    }

    private static func thousandths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? String(parts[1]) : "0"
        guard parts.count <= 2, (1...3).contains(digits.utf8.count),
            (parts + [digits[...]]).allSatisfy({ part in
                (1...3).contains(part.utf8.count)
                    && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }), let whole = Int(parts[0]),
            let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count))
        else { return nil }
        return whole * 1_000 + fraction
    }

    /// Whether the count is such a share of the total, which is above 0.
    func contains(_ count: Int, of total: Int) -> Bool {
        count * Self.whole >= lowest * total && count * Self.whole <= highest * total
    }
}

extension ShareBounds: CustomStringConvertible {
    /// As the case file has it.
    public var description: String {
        lowest == highest
            ? "\(Self.text(lowest)) %" : "\(Self.text(lowest))..\(Self.text(highest)) %"
    }

    /// A share in percent, with a decimal place where there is one.
    static func percent(_ count: Int, of total: Int) -> String {
        guard total > 0 else { return "0 %" }
        return "\(text((count * 1_000 + total / 2) / total * 100)) %"
    }

    private static func text(_ thousandths: Int) -> String {
        let fraction = thousandths % 1_000
        guard fraction > 0 else { return String(thousandths / 1_000) }
        var digits = String(fraction + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(thousandths / 1_000).\(digits)"
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " }
        return start.prefix(start.count - start.reversed().prefix { $0 == " " }.count)
    }
}
