// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
public import PacketFields

/// A packet in words that must leave by a port, or by one of several; or as many of them as there are
/// flows. What the words do not say may be anything, but for checksums, which must be right.
public struct PacketExpectation: Sendable, Equatable {
    /// At least one.
    public var ports: [String]
    public var packet: PacketText
    /// Packets that differ in their source port, which counts up from the one in the words.
    public var flows = 1
    /// Where the case file says so.
    public var origin = Origin()

    /// As many differences of one item are told: a thousand flows mostly differ alike.
    static let mostTold = 5
}

extension [PacketExpectation] {
    /// The ports that they speak of: what else leaves these is not expected.
    public var ports: Set<String> { Set(flatMap(\.ports)) }

    /// Holds the frames that left against the packets.
    /// - Parameters:
    ///   - got: what left each port, by name.
    ///   - path: the case file, for messages.
    /// - Returns: of each item the first differences, in all at most ``Comparison/capacity``, and how many more
    ///   there are.
    public func differences(
        got: [String: [CapturedFrame]], rules: ComparisonRules, path: String
    ) -> (differences: [Difference], omitted: Int) {
        var matching = PacketMatching(self, got, rules, path: path)
        matching.run()
        let all = matching.differences
        var counts: [String: Int] = [:]
        let told = all.filter { difference in
            guard let place = difference.place else { return true }
            counts[place, default: 0] += 1
            return counts[place, default: 0] <= PacketExpectation.mostTold
        }.prefix(Comparison.capacity)
        return ([Difference](told), all.count - told.count)
    }
}
