// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What the entries of the forwarding table mean: a number for each next hop, set of next hops and
/// reason to drop, which it keeps as long as anything uses it.
///
/// Entries name addresses, not interfaces or MACs: these follow from the configuration whenever a snapshot is
/// made, so that no change of a neighbour touches the forwarding table. Control thread.
struct NextHopRegistry {
    /// A next hop: on the interface on whose network it is, or on one that is named; else it is reached as packets to it are.
    struct Host: Hashable, Sendable {
        var address: IPAddress
        /// The number of the interface that is named: for an address of its link, and for one on no network of it.
        var interface: UInt16?
        /// The number of the VRF whose networks and routes say where it is.
        var vrf: UInt16 = 0
    }

    /// A next hop of a set, and its share of the flows.
    struct Member: Hashable, Sendable {
        var host: Host
        var weight = 1
    }

    enum Meaning: Hashable, Sendable {
        case drop(DropReason)
        /// A host on a network of the interface with this number: its MAC is not known.
        case connected(interface: UInt16)
        /// Hosts behind the interface with this number that have the destinations of a route.
        case link(interface: UInt16)
        case host(Host)
        /// To be looked up in the VRF with this number.
        case table(vrf: UInt16)
        case group([Member])
        /// The first of these numbers by which packets can leave.
        case ranked([NextHopTable.Rank])
    }

    /// What there is to a host for who makes the workers' table.
    enum Way {
        /// Its MAC is known.
        case known(NextHop)
        /// It is to be found out.
        case host(NextHop, NeighbourKey)
        /// It is reached as the entry with the number is.
        case through(UInt16)
        /// No interface reaches it.
        case none
    }

    private struct Entry {
        var meaning: Meaning
        var uses = 0
        /// The numbers of a group's next hops, or those that are ranked: the entry uses them.
        var members: [UInt16] = []
    }

    /// Slots of all groups together: 2 MB.
    static let mostSlots = 1 << 20

    /// By number; 0 is what an address under no prefix gets, and no entry's.
    private var entries: [Entry?] = [nil]
    private var known: [Meaning: UInt16] = [:]
    private var free: [UInt16] = []
    /// Those whose uses went down to 0; some may have been taken up again.
    private var idle: Set<UInt16> = []
    private var slots = 0
    /// Whether a number was given or taken back since somebody set this to false.
    var isChanged = true
    /// Whether there was no number left for routes of one prefix, since somebody set this to false.
    var isOverfull = false

    /// The number of a meaning, used once more; nil when there are too many.
    mutating func use(_ meaning: Meaning) -> UInt16? {
        if let number = known[meaning] {
            use(number)
            return number
        }
        var entry = Entry(meaning: meaning, uses: 1)
        if case .group(let members) = meaning {
            let needed = Self.slotCount(members)
            guard slots + needed <= Self.mostSlots else { return nil }
            for member in members {
                guard let number = use(.host(member.host)) else {
                    for number in entry.members { drop(number) }
                    return nil
                }
                entry.members.append(number)
            }
            slots += needed
        }
        if case .ranked(let ranks) = meaning {
            entry.members = ranks.map(\.entry)
            for number in entry.members { use(number) }
        }
        let number: UInt16
        if let taken = free.popLast() {
            number = taken
        } else {
            guard entries.count <= Int(FIB.largestValue) else {
                if case .group(let members) = meaning { slots -= Self.slotCount(members) }
                for number in entry.members { drop(number) }
                return nil
            }
            number = UInt16(entries.count)
            entries.append(nil)
        }
        entries[Int(number)] = entry
        known[meaning] = number
        isChanged = true
        return number
    }

    mutating func use(_ number: UInt16) { entries[Int(number)]!.uses += 1 }

    /// Uses a number once less. It stays until ``collect()``, so that the change can be taken back.
    mutating func drop(_ number: UInt16) {
        entries[Int(number)]!.uses -= 1
        if entries[Int(number)]!.uses == 0 { idle.insert(number) }
    }

    /// Takes the numbers back that nothing uses.
    mutating func collect() {
        while let number = idle.popFirst() {
            guard let entry = entries[Int(number)], entry.uses == 0 else { continue }
            if case .group(let members) = entry.meaning { slots -= Self.slotCount(members) }
            for member in entry.members { drop(member) }
            known[entry.meaning] = nil
            entries[Int(number)] = nil
            free.append(number)
            isChanged = true
        }
    }

    subscript(number: UInt16) -> Meaning? {
        entries.indices.contains(Int(number)) ? entries[Int(number)]?.meaning : nil
    }

    /// The numbers of a group's next hops, in their order; of another entry its own.
    func members(_ number: UInt16) -> [UInt16] {
        guard case .group = self[number], let entry = entries[Int(number)] else { return [number] }
        return entry.members
    }

    /// The numbers whose meaning satisfies the predicate.
    func numbers(where isIncluded: (Meaning) -> Bool) -> Set<UInt16> {
        Set(known.filter { isIncluded($0.key) }.values)
    }

    /// How many numbers are given.
    var count: Int { known.count }

    /// What workers read: the entries under their numbers, with ports and MACs.
    /// - Parameters:
    ///   - way: to a host.
    ///   - connected: of hosts on networks of the interface with a number.
    func table(
        way: (Host) -> Way, connected: (UInt16) -> NextHop
    ) throws(TableIsFull) -> NextHopTable {
        var table = NextHopTable()
        for entry in entries.dropFirst() {
            let number: UInt16?
            switch entry?.meaning {
            case nil: number = table.add(.drop(.noRoute))
            case .drop(let reason): number = table.add(.drop(reason))
            case .connected(let interface):
                number = table.addConnected(connected(interface), interface)
            case .link(let interface): number = table.addLink(connected(interface), interface)
            case .host(let known):
                switch way(known) {
                case .known(let nextHop): number = table.add(nextHop, at: known.address)
                case .host(let nextHop, let host): number = table.add(nextHop, of: host)
                case .through(let other): number = table.addRemote(through: other)
                case .none: number = table.add(.drop(.nextHopUnresolved))
                }
            case .ranked(let ranks): number = table.addRanked(ranks)
            case .table(let vrf): number = table.add(.table(vrf))
            case .group(let members):
                let numbers = entry?.members ?? []
                number = table.addGroup(
                    zip(numbers, members).map { (entry: $0, weight: $1.weight) })
            }
            guard number != nil else { throw TableIsFull() }
        }
        return table
    }

    /// The slots that the data plane's group takes: as many for each member as its weight, reduced.
    private static func slotCount(_ members: [Member]) -> Int {
        NextHopTable.slotCount(weights: members.map(\.weight))
    }
}
