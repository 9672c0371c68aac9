// SPDX-License-Identifier: Apache-2.0

/// CPU and lcore numbers as the kernel and EAL write them.
package enum CPUList {
    /// `0-2,5`, of numbers in rising order.
    package static func text(_ numbers: some Sequence<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }.joined(separator: ",")
    }

    /// As a set of EAL's `--lcores`: `3`, or `(0-2,5)`.
    static func group(_ numbers: some Collection<Int>) -> String {
        numbers.count == 1 ? text(numbers) : "(\(text(numbers)))"
    }
}
