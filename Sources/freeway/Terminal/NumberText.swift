// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// Numbers as a person reads them.
enum NumberText {
    /// `1,234,567`.
    static func grouped(_ value: UInt64) -> String {
        var digits = Array(String(value))
        for index in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: index)
        }
        return String(digits)
    }

    /// Rounded to a whole number, grouped.
    static func grouped(_ value: Double) -> String {
        grouped(UInt64(exactly: max(0, value).rounded()) ?? .max)
    }

    /// With `decimals` digits after the point; not for numbers that need grouping.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = (0..<decimals).reduce(UInt64(1)) { scale, _ in scale * 10 }
        let scaled = UInt64(exactly: (max(0, value) * Double(scale)).rounded()) ?? .max
        guard decimals > 0 else { return String(scaled) }
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return "\(scaled / scale).\(zeros)\(fraction)"
    }

    /// `7.62 Gbit/s`.
    static func bitRate(_ bitsPerSecond: Double) -> String {
        let (number, prefix) = scaled(bitsPerSecond)
        return "\(number) \(prefix)bit/s"
    }

    /// `7.62 G`, below a heading that names the unit.
    static func prefixed(_ value: Double) -> String {
        let (number, prefix) = scaled(value)
        return prefix.isEmpty ? number : "\(number) \(prefix)"
    }

    /// With the prefix that leaves one to three digits before the point.
    private static func scaled(_ value: Double) -> (number: String, prefix: String) {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (size, prefix) in steps where value >= size {
            return (fixed(value / size, decimals: 2), prefix)
        }
        return (fixed(value, decimals: 0), "")
    }

    /// `12.5 %`.
    static func percent(_ share: Double) -> String {
        fixed(share * 100, decimals: 1) + " %"
    }

    /// `25 ms` or `2.5 s`, for what was measured rather than waited for.
    static func shortDuration(_ seconds: Double) -> String {
        guard seconds < 10 else { return duration(seconds) }
        return seconds < 1
            ? "\(fixed(seconds * 1000, decimals: seconds < 0.01 ? 1 : 0)) ms"
            : "\(fixed(seconds, decimals: 1)) s"
    }

    /// `7 ns`, `7.2 µs`, `1.3 ms` or `2.5 s`.
    static func duration(nanoseconds: UInt64) -> String {
        let value = Double(nanoseconds)
        return switch nanoseconds {
        case ..<1000: "\(nanoseconds) ns"
        case ..<1_000_000: "\(fixed(value / 1e3, decimals: 1)) µs"
        case ..<1_000_000_000: "\(fixed(value / 1e6, decimals: 1)) ms"
        default: "\(fixed(value / 1e9, decimals: 1)) s"
        }
    }

    /// `1 d 2 h 3 min`: the two or three largest units.
    static func duration(_ seconds: Double) -> String {
        let whole = UInt64(exactly: max(0, seconds).rounded(.down)) ?? 0
        let units = [
            (whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "min"),
            (whole % 60, "s"),
        ]
        let first = units.firstIndex { $0.0 != 0 } ?? 3
        return units[first..<min(first + 3, 4)]
            .map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
