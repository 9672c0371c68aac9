// SPDX-License-Identifier: Apache-2.0

extension UInt64 {
    /// The nanoseconds of a duration such as `1500ms`, `2s` or `1.5s`. The units are ns, us, ms, s and
    /// min. `nil` for anything else, also for what is no whole number of nanoseconds.
    package init?(nanosecondsOf text: some StringProtocol) {
        let number = text.prefix { $0 == "." || ("0"..."9").contains($0) }
        let scales: [String: UInt64] = [
            "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "min": 60_000_000_000,
        ]
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let scale = scales[String(text.dropFirst(number.count))],
            let whole = parts.first.flatMap({ Int(decimal: $0) })
        else { return nil }
        var (result, isTooLong) = UInt64(whole).multipliedReportingOverflow(by: scale)
        if parts.count == 2 {
            guard (1...11).contains(parts[1].utf8.count), let fraction = UInt64(parts[1]) else {
                return nil
            }
            let divisor = (0..<parts[1].utf8.count).reduce(1 as UInt64) { power, _ in power * 10 }
            let (scaled, overflows) = fraction.multipliedReportingOverflow(by: scale)
            guard !overflows, scaled % divisor == 0 else { return nil }
            let (sum, carries) = result.addingReportingOverflow(scaled / divisor)
            (result, isTooLong) = (sum, isTooLong || carries)
        }
        guard !isTooLong else { return nil }
        self = result
    }
}
