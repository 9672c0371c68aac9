// SPDX-License-Identifier: Apache-2.0

/// The next hops of a snapshot under construction. Control thread.
public struct NextHopTable: Sendable {
    /// Entry 0 is what an address under no prefix gets.
    public internal(set) var entries: [NextHop] = [.drop(.noRoute)]
    /// Slots of the groups: indices of entries.
    public internal(set) var members: [UInt16] = []

    public init() {}

    /// Adds an entry and gives its index; nil when the table is full.
    public mutating func add(_ nextHop: NextHop) -> UInt16? {
        guard entries.count <= 32767 else { return nil }
        entries.append(nextHop)
        return UInt16(entries.count - 1)
    }

    /// Adds a group over entries with weights of 1 and more. A group is an array of slots, each entry
    /// in as many as its weight (reduced by the common divisor), from which the flow's hash picks.
    public mutating func addGroup(_ weighted: [(entry: UInt16, weight: Int)]) -> UInt16? {
        let divisor = weighted.map(\.weight).reduce(0, greatestCommonDivisor)
        guard divisor > 0 else { return nil }
        guard weighted.allSatisfy({ $0.weight / divisor <= UInt16.max }) else { return nil }
        let slots = weighted.flatMap { [UInt16](repeating: $0.entry, count: $0.weight / divisor) }
        guard slots.count <= UInt16.max, entries.count <= 32767 else { return nil }
        let first = members.count
        members.append(contentsOf: slots)
        return add(.group(firstMember: first, memberCount: slots.count))
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
}
