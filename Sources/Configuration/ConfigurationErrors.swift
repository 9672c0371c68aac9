// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with one configuration file, in file order. Never empty.
public struct ConfigurationErrors: Error, Hashable, Sendable {
    public enum Kind: Sendable {
        /// The file cannot be read at all (exit code 66).
        case unreadable
        /// The file was read, and says something that cannot be (exit code 78).
        case invalid
    }

    /// More than this many are counted, not kept.
    static let capacity = 1_000

    public let kind: Kind
    public let diagnostics: [Diagnostic]
    /// How many more there are than `diagnostics` holds.
    public let omitted: Int

    /// Sorts by place in the file; what has no place comes last, in the order given.
    public init(kind: Kind = .invalid, _ diagnostics: [Diagnostic], omitted: Int = 0) {
        precondition(!diagnostics.isEmpty, "an error needs a diagnostic")
        self.kind = kind
        let sorted = diagnostics.inFileOrder()
        self.diagnostics = Array(sorted.prefix(Self.capacity))
        self.omitted = omitted + sorted.count - self.diagnostics.count
    }
}

extension ConfigurationErrors: CustomStringConvertible {
    /// A line for each, without a newline at the end.
    public var description: String {
        var lines = diagnostics.map(\.description)
        if omitted > 0 { lines.append("\(diagnostics[0].path): and \(omitted) more errors") }
        return lines.joined(separator: "\n")
    }
}

extension [Diagnostic] {
    /// Stable: two at the same place stay in the order in which they were found.
    func inFileOrder() -> [Diagnostic] {
        let end = Location(line: .max, column: .max)
        return enumerated().sorted { left, right in
            (left.element.location ?? end, left.offset)
                < (right.element.location ?? end, right.offset)
        }.map(\.element)
    }
}
