// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration

/// How many frames must have been dropped, by reason. Reasons without a number must be 0.
public struct DropExpectation: Sendable, Equatable {
    public var frames: [String: UInt64]
    /// Where the case file says so.
    public var origin = Origin()

    /// - Parameters:
    ///   - got: dropped frames by reason; those that are zero may be absent.
    ///   - path: the case file, for messages.
    /// - Returns: one difference that names each reason, or `nil`.
    public func difference(got: [String: UInt64], path: String) -> Difference? {
        let fields = Set(frames.keys).union(got.keys).sorted().compactMap { reason in
            let (expected, count) = (frames[reason] ?? 0, got[reason] ?? 0)
            return expected == count
                ? nil
                : FieldDifference(
                    name: "drops.\(reason)", expected: String(expected), got: String(count))
        }
        guard !fields.isEmpty else { return nil }
        return Difference(.drops, fields: fields, place: origin.text(in: path))
    }
}

extension Origin {
    /// `case.yaml:12:5`
    func text(in path: String) -> String { location.map { "\(path):\($0)" } ?? path }
}
