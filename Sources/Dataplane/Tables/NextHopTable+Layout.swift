// SPDX-License-Identifier: Apache-2.0

extension NextHopTable {
    /// The same entries under the same numbers as workers read them: while the links of some ports are down, what leaves by
    /// one of these is dropped, groups do without the members by which nothing leaves, and of ranked entries the first counts
    /// by which something does.
    ///
    /// Numbers stay, so that the forwarding table that names them need not be touched.
    /// - Parameters:
    ///   - ports: DPDK's indices of those whose link is down.
    ///   - lost: hosts that do not answer, which counts for what tracks them.
    public func laidOut(
        linksDown ports: Set<UInt16> = [], lost: Set<NeighbourKey> = []
    ) -> NextHopTable {
        guard !ports.isEmpty || !lost.isEmpty || !isLaidOut else { return self }
        var layout = NextHopLayout(self, ports, Set(lost.compactMap { hosts[$0] }))
        return layout.table()
    }

    /// Whether packets that get an entry may get another one as neighbours come and go, which no reload tells of.
    public func mayLead(_ number: UInt16, to leaf: UInt16) -> Bool {
        tracksNeighbours && NextHopLayout(self, [], []).leavesOfTracked(number).contains(leaf)
    }

    /// The hosts of entries that are tracked, also of such as are not used while a better one is.
    public var trackedHosts: Set<NeighbourKey> {
        guard tracksNeighbours else { return [] }
        let tracked = NextHopLayout(self, [], []).trackedEntries
        return Set(hosts.filter { tracked.contains($0.value) }.keys)
    }
}

/// Works out what workers read of entries that stand for others.
private struct NextHopLayout {
    /// The most slots of a group that is split up so that flows of the members that are left stay.
    private static let mostSplitSlots = 4096
    /// The most slots of a group some of whose members are groups.
    private static let mostNestedSlots = 1024

    /// Where flows go that get an entry.
    private struct Ways {
        /// Entries, each with the same share.
        var slots: [UInt16]
        /// Whether anything leaves by one of them.
        var isUp: Bool
    }

    /// What is asked for an entry: the answer depends on who asks.
    private struct Question: Hashable {
        let entry: UInt16
        let tracksNeighbours: Bool
    }

    private let source: NextHopTable
    private let isDown: [Bool]
    private let isLost: [Bool]
    private var known: [Question: Ways] = [:]
    /// On the way to what is asked for: whoever comes back to it goes round in a circle.
    private var path: Set<UInt16> = []

    init(_ source: NextHopTable, _ ports: Set<UInt16>, _ lost: Set<UInt16>) {
        self.source = source
        isDown = source.entries.map { $0.leavesByPort && ports.contains($0.port) }
        isLost = source.entries.indices.map { lost.contains(UInt16($0)) }
    }

    mutating func table() -> NextHopTable {
        var table = source
        table.members = []
        table.isLaidOut = true
        // Many ranked entries lead to the same few groups.
        var shared: [[UInt16]: Int] = [:]
        for index in table.entries.indices {
            let number = UInt16(index)
            if isDown[index] {
                table.entries[index] = .linkDown(of: table.entries[index])
            } else if let composition = source.compositions[number] {
                let ways = ways(Question(entry: number, tracksNeighbours: false))
                if ways.slots == [number] { continue }
                if ways.slots.count == 1, let only = table.entry(ways.slots[0]), only.kind == .table
                {
                    // Route looks for these before it picks members.
                    table.entries[index] = only
                    continue
                }
                var first = table.members.count
                if case .group = composition {
                    shared[ways.slots] = first
                    table.members += ways.slots
                } else if let same = shared[ways.slots] {
                    first = same
                } else {
                    shared[ways.slots] = first
                    table.members += ways.slots
                }
                table.entries[index] = .group(firstMember: first, memberCount: ways.slots.count)
            }
        }
        return table
    }

    private mutating func ways(_ question: Question) -> Ways {
        if let ways = known[question] { return ways }
        let (number, tracks) = (question.entry, question.tracksNeighbours)
        guard let composition = source.compositions[number] else {
            let index = Int(number)
            guard source.entries.indices.contains(index) else {
                return Ways(slots: [number], isUp: true)
            }
            return Ways(slots: [number], isUp: !isDown[index] && !(tracks && isLost[index]))
        }
        guard path.insert(number).inserted else { return Ways(slots: [number], isUp: false) }
        defer { path.remove(number) }
        let ways =
            switch composition {
            case .ranked(let ranks): best(of: ranks, tracks, number)
            case .through(let other): way(through: other, tracks, number)
            case .group(let members): shares(of: members, tracks)
            }
        // In a circle the answer depends on where it was entered.
        if path.count == 1 { known[question] = ways }
        return ways
    }

    /// Where nothing leaves by any, packets are dropped as the first one's are.
    private mutating func best(
        of ranks: [NextHopTable.Rank], _ tracks: Bool, _ number: UInt16
    ) -> Ways {
        var first: Ways?
        for rank in ranks {
            let ways = ways(
                Question(
                    entry: rank.entry, tracksNeighbours: tracks || rank.tracksNeighbours))
            if ways.isUp { return ways }
            // Those that lead back here have nothing to say of why.
            if ways.slots != [number] { first = first ?? ways }
        }
        return first ?? Ways(slots: [number], isUp: false)
    }

    /// An entry that leads to another VRF says where packets are looked up, and nothing of a next hop.
    private mutating func way(through other: UInt16, _ tracks: Bool, _ number: UInt16) -> Ways {
        let ways = ways(Question(entry: other, tracksNeighbours: tracks))
        let leads = ways.slots.contains { source.entry($0)?.kind == .table }
        return leads ? Ways(slots: [number], isUp: false) : ways
    }

    private mutating func shares(
        of members: [(entry: UInt16, weight: Int)], _ tracks: Bool
    ) -> Ways {
        let parts = members.map {
            (
                ways: ways(Question(entry: $0.entry, tracksNeighbours: tracks)), weight: $0.weight
            )
        }
        let isNested = parts.contains { $0.ways.slots.count > 1 }
        let counts =
            isNested
            ? Self.nestedCounts(parts.map { ($0.weight, $0.ways.slots.count) })
            : Self.counts(parts.map(\.weight))
        var slots: [UInt16] = []
        var isGone: [Bool] = []
        for (part, count) in zip(parts, counts) {
            let own = part.ways.slots
            slots += (0..<count).map { own[$0 * own.count / count] }
            isGone += repeatElement(!part.ways.isUp, count: count)
        }
        return Ways(slots: Self.slots(slots, without: isGone), isUp: isGone.contains(false))
    }

    /// Slots of each member, by weights without their common divisor.
    private static func counts(_ weights: [Int]) -> [Int] {
        let divisor = weights.reduce(0, +) / max(1, NextHopTable.slotCount(weights: weights))
        return weights.map { $0 / max(1, divisor) }
    }

    /// The same where a member's slots are divided among its own: exactly as long as that takes no more slots than there may
    /// be, else nearly.
    private static func nestedCounts(_ members: [(weight: Int, slots: Int)]) -> [Int] {
        var multiple = 1
        for member in members where multiple <= mostNestedSlots {
            multiple = multiple / greatestCommonDivisor(multiple, member.slots) * member.slots
        }
        let exact = counts(members.map(\.weight)).map { $0 * multiple }
        if exact.reduce(0, +) <= mostNestedSlots { return exact }
        let sum = members.reduce(0) { $0 + $1.weight }
        return members.map { max(1, $0.weight * mostNestedSlots / sum) }
    }

    /// A group's slots when some members are gone. Each slot is split into as many as there are slots of members that are up,
    /// or as there is room for: a slot of such a member stays its own, one of a member that is gone is shared out among
    /// them, in turn. So flows move only away from members that are gone, and to the others in proportion to their weights.
    private static func slots(_ slots: [UInt16], without isGone: [Bool]) -> [UInt16] {
        let up = zip(slots, isGone).filter { !$1 }.map(\.0)
        if up.isEmpty || up.count == slots.count { return slots }
        let parts = max(1, min(up.count, mostSplitSlots / slots.count))
        var next = 0
        return zip(slots, isGone).flatMap { slot, isGone in
            (0..<parts).map { _ in
                guard isGone else { return slot }
                defer { next = (next + 1) % up.count }
                return up[next]
            }
        }
    }
}

extension NextHopLayout {
    var trackedEntries: Set<UInt16> {
        var walk = Walk()
        for number in source.compositions.keys {
            visit(Question(entry: number, tracksNeighbours: false), &walk)
        }
        return walk.tracked
    }

    /// All entries that one may lead to, where that depends on neighbours.
    func leavesOfTracked(_ number: UInt16) -> Set<UInt16> {
        var walk = Walk()
        visit(Question(entry: number, tracksNeighbours: false), &walk)
        return walk.tracked.isEmpty ? [] : walk.leaves
    }

    private struct Walk {
        var seen: Set<Question> = []
        var leaves: Set<UInt16> = []
        var tracked: Set<UInt16> = []
    }

    private func visit(_ question: Question, _ walk: inout Walk) {
        guard walk.seen.insert(question).inserted else { return }
        let tracks = question.tracksNeighbours
        switch source.compositions[question.entry] {
        case nil:
            walk.leaves.insert(question.entry)
            if tracks { walk.tracked.insert(question.entry) }
        case .group(let members):
            for member in members {
                visit(Question(entry: member.entry, tracksNeighbours: tracks), &walk)
            }
        case .through(let other):
            visit(Question(entry: other, tracksNeighbours: tracks), &walk)
        case .ranked(let ranks):
            for rank in ranks {
                visit(
                    Question(
                        entry: rank.entry, tracksNeighbours: tracks || rank.tracksNeighbours),
                    &walk)
            }
        }
    }
}

extension NextHop {
    /// Whether packets with this next hop leave by its port.
    fileprivate var leavesByPort: Bool { kind.isForward || kind == .glean }
}
