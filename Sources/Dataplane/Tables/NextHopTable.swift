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
    /// The numbers of interfaces behind which routes have hosts, whatever their networks.
    public private(set) var linksOfRoutes: Set<UInt16> = []
    /// The entries that stand for other entries: what these are.
    var compositions: [UInt16: Composition] = [:]
    /// Whether anything depends on whether hosts answer.
    private(set) var tracksNeighbours = false
    /// Whether nothing stands between what entries are made of and what workers read.
    var isLaidOut = true

    /// What an entry is made of that stands for others.
    enum Composition {
        /// Flows are divided among them.
        case group([(entry: UInt16, weight: Int)])
        /// The first that packets can leave by now.
        case ranked([Rank])
        /// Packets to a next hop go where another entry leads.
        case through(UInt16)
    }

    /// One of several entries of which the first that packets can leave by counts.
    public struct Rank: Hashable, Sendable {
        public let entry: UInt16
        /// Whether nothing leaves by it while its host does not answer, and not only while its link is down.
        public let tracksNeighbours: Bool

        public init(entry: UInt16, tracksNeighbours: Bool) {
            self.entry = entry
            self.tracksNeighbours = tracksNeighbours
        }
    }

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

    /// Adds the entry of routes to hosts on the link of an interface.
    public mutating func addLink(_ nextHop: NextHop, _ interface: UInt16) -> UInt16? {
        linksOfRoutes.insert(interface)
        return add(nextHop)
    }

    /// Adds the entry of a next hop that is reached as packets to it are, by another entry.
    public mutating func addRemote(through entry: UInt16) -> UInt16? {
        guard let number = add(.drop(.nextHopUnresolved)) else { return nil }
        compositions[number] = .through(entry)
        isLaidOut = false
        return number
    }

    /// The entries that packets may get which an entry leads to: itself, or members of a group. Of a table that is laid out.
    public func leaves(of number: UInt16) -> [UInt16] {
        guard let slots = slots(ofGroup: Int(number)) else { return [number] }
        var seen: Set<UInt16> = []
        return slots.filter { seen.insert($0).inserted }
    }

    /// Whether packets that get an entry get it by another one, which it may stand for. Of a table that is laid out.
    public func leads(_ number: UInt16, by other: UInt16) -> Bool {
        number == other || leaves(of: other).contains(leaves(of: number)[0])
    }

    /// The number of the interface by which packets leave that get an entry; nil where they leave by none.
    public func interface(of number: UInt16) -> UInt16? {
        guard let entry = entry(number) else { return nil }
        guard entry.kind.isForward else {
            return entry.kind == .drop && entry.reason == .linkDown ? entry.interface : nil
        }
        return entry.interface
    }

    /// Why packets are dropped that get an entry; nil where they are not.
    public func reason(of number: UInt16) -> DropReason? {
        guard let entry = entry(number) else { return nil }
        return entry.kind == .drop ? entry.reason : nil
    }

    func entry(_ number: UInt16) -> NextHop? {
        entries.indices.contains(Int(number)) ? entries[Int(number)] : nil
    }

    /// The address of the host that an entry stands for.
    public func address(of number: UInt16) -> IPAddress? { addresses[number] }

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
        let number = add(.group(firstMember: members.count, memberCount: count))
        let divisor = weights.reduce(0, +) / count
        for (entry, weight) in weighted {
            members.append(contentsOf: repeatElement(entry, count: weight / divisor))
        }
        if let number { compositions[number] = .group(weighted) }
        return number
    }

    /// Adds an entry that is the first of others, also of such as are still to be added, by which packets can leave.
    public mutating func addRanked(_ ranks: [Rank]) -> UInt16? {
        guard let number = add(.drop(.nextHopUnresolved)) else { return nil }
        compositions[number] = .ranked(ranks)
        isLaidOut = false
        if ranks.contains(where: \.tracksNeighbours) { tracksNeighbours = true }
        return number
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

func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
}
