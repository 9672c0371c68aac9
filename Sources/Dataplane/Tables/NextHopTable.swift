// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// The next hops of a snapshot under construction. Control thread.
public struct NextHopTable: Sendable {
    /// Entry 0 is what an address under no prefix gets.
    public internal(set) var entries: [NextHop] = [.drop(.noRoute)]
    /// Slots of the groups: indices of entries.
    public internal(set) var members: [UInt16] = []
    /// The entries that stand for hosts, by which their MACs are found.
    public private(set) var hosts: [NeighbourKey: UInt16] = [:]
    /// The addresses of the hosts that entries stand for, also of those whose MACs were said.
    private(set) var addresses: [UInt16: IPAddress] = [:]
    /// The entries of networks, by the numbers of their interfaces.
    private(set) var connected: [UInt16: UInt16] = [:]

    public init() {}

    /// Adds an entry and gives its index; nil when the table is full.
    public mutating func add(_ nextHop: NextHop) -> UInt16? {
        guard entries.count <= 32767 else { return nil }
        entries.append(nextHop)
        return UInt16(entries.count - 1)
    }

    /// Adds the entry of a host, which changes with what is known of it.
    public mutating func add(_ nextHop: NextHop, of host: NeighbourKey) -> UInt16? {
        let number = add(nextHop, at: host.address)
        if let number { hosts[host] = number }
        return number
    }

    /// Adds the entry of a host at an address.
    public mutating func add(_ nextHop: NextHop, at address: IPAddress) -> UInt16? {
        let number = add(nextHop)
        if let number { addresses[number] = address }
        return number
    }

    /// Adds the entry of the networks of an interface.
    public mutating func addConnected(_ nextHop: NextHop, _ interface: UInt16) -> UInt16? {
        let number = add(nextHop)
        if let number { connected[interface] = number }
        return number
    }

    /// Says what becomes of packets to a host.
    public mutating func set(_ number: UInt16, to nextHop: NextHop) {
        entries[Int(number)] = nextHop
    }

    /// Adds a group over entries with weights of 1 and more. A group is an array of slots, each entry
    /// in as many as its weight (reduced by the common divisor), from which the flow's hash picks.
    public mutating func addGroup(_ weighted: [(entry: UInt16, weight: Int)]) -> UInt16? {
        let weights = weighted.map(\.weight)
        let count = Self.slotCount(weights: weights)
        guard (1...Int(UInt16.max)).contains(count), entries.count <= 32767 else { return nil }
        let divisor = weights.reduce(0, +) / count
        let first = members.count
        for (entry, weight) in weighted {
            members.append(contentsOf: repeatElement(entry, count: weight / divisor))
        }
        return add(.group(firstMember: first, memberCount: count))
    }

    /// The slots of a group over entries with these weights.
    public static func slotCount(weights: [Int]) -> Int {
        weights.reduce(0, +) / max(1, weights.reduce(0, greatestCommonDivisor))
    }

    /// The slots of a group, each the number of an entry; nil for an entry that is none.
    public func slots(ofGroup number: Int) -> ArraySlice<UInt16>? {
        guard entries.indices.contains(number), entries[number].kind == .group else { return nil }
        let first = Int(entries[number].firstMember)
        return members[first..<first + Int(entries[number].memberCount)]
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
}
