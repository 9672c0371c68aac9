// SPDX-License-Identifier: Apache-2.0

/// What left a port against what was expected to leave it.
///
/// Any frames can be compared in bounded time and memory. Frames that are alike but not equal are told
/// as one frame that has changed, whether in the same flow or, when a field changed that names the
/// flow, in another one.
public struct Comparison: Sendable {
    /// In the order of the frames, at most `capacity`.
    public let differences: [Difference]
    /// How many more there are.
    public let omitted: Int

    /// More differences than these are only counted: whoever reads them has read enough.
    public static let capacity = 1_000

    public var isEqual: Bool { differences.isEmpty }

    /// - Parameter port: what the differences call the port.
    public init(
        port: String? = nil, expected: [CapturedFrame], got: [CapturedFrame],
        rules: ComparisonRules = ComparisonRules()
    ) {
        let mine = expected.enumerated().map {
            ComparedFrame($1.bytes, number: $0 + 1, rules)
        }
        let theirs = got.enumerated().map { ComparedFrame($1.bytes, number: $0 + 1, rules) }
        var matching = FrameMatching(mine, theirs, rules)
        matching.run()
        var report = DifferenceReport(port: port, mine, theirs, rules)
        report.add(matching.outcomes)
        if rules.checksums == .valid { report.addChecksums() }
        differences = report.differences
        omitted = report.omitted
    }
}
