// SPDX-License-Identifier: Apache-2.0

/// An interface of a pcapng section: what its frames' numbers mean.
struct PcapngInterface {
    var linkType: UInt16
    /// The most bytes that were kept of a frame; 0 for no limit. Frames may be longer all the same.
    var snapLength: Int
    /// `if_name`, shortened.
    var name: String?
    /// `if_tsresol`: with the highest bit, times are counted in 2⁻ⁿ seconds, and otherwise in 10⁻ⁿ.
    var resolution: UInt8 = 6
    /// `if_tsoffset`: seconds to add to each time.
    var offset: Int64 = 0

    /// When a frame came, by its 64 bits of time; nil where that is further away than seconds can be counted.
    func moment(_ ticks: UInt64) -> CaptureTime? {
        let (seconds, nanoseconds) =
            resolution & 0x80 == 0
            ? Self.decimal(ticks, Int(resolution)) : Self.binary(ticks, Int(resolution & 0x7f))
        guard let whole = Int64(exactly: seconds) else { return nil }
        let (sum, overflows) = whole.addingReportingOverflow(offset)
        return overflows ? nil : CaptureTime(seconds: sum, nanoseconds: UInt32(nanoseconds))
    }

    private static func decimal(_ ticks: UInt64, _ exponent: Int) -> (UInt64, UInt64) {
        // 10¹⁹ is the largest power that 64 bits hold.
        guard exponent <= 19 else {
            return (0, exponent - 9 <= 19 ? ticks / powerOfTen(exponent - 9) : 0)
        }
        let (seconds, fraction) = ticks.quotientAndRemainder(dividingBy: powerOfTen(exponent))
        return (
            seconds,
            exponent <= 9
                ? fraction * powerOfTen(9 - exponent) : fraction / powerOfTen(exponent - 9)
        )
    }

    private static func binary(_ ticks: UInt64, _ exponent: Int) -> (UInt64, UInt64) {
        guard exponent > 0 else { return (ticks, 0) }
        let fraction = exponent < 64 ? ticks & (1 << UInt64(exponent) - 1) : ticks
        let (high, low) = fraction.multipliedFullWidth(by: 1_000_000_000)
        // Swift's shifts by 64 and more give 0.
        let nanoseconds =
            exponent < 64
            ? high << UInt64(64 - exponent) | low >> UInt64(exponent)
            : high >> UInt64(exponent - 64)
        return (ticks >> UInt64(exponent), nanoseconds)
    }

    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
