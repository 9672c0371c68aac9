// SPDX-License-Identifier: Apache-2.0

extension NextHopTable {
    /// The same entries under the same numbers while the links of some ports are down: what leaves by
    /// one of these is dropped, and groups do without the members behind them.
    ///
    /// Numbers stay, so that the forwarding table that names them need not be touched.
    public func withLinksDown(_ ports: Set<UInt16>) -> NextHopTable {
        guard !ports.isEmpty else { return self }
        let isDown = entries.map { $0.leavesByPort && ports.contains($0.port) }
        var table = self
        table.members = []
        for (index, entry) in entries.enumerated() {
            if isDown[index] {
                table.entries[index] = .linkDown(port: entry.port)
            } else if let slots = slots(ofGroup: index) {
                let slots = Self.slots(slots, without: isDown)
                table.entries[index] = .group(
                    firstMember: table.members.count, memberCount: slots.count)
                table.members += slots
            }
        }
        return table
    }

    /// The largest group in which flows of members that are up stay where they are.
    static let mostSplitSlots = 4096

    /// A group's slots when some members are gone. Each slot is split into as many as there are slots
    /// of members that are up: a slot of such a member stays its own, one of a member that is down is
    /// shared out among them. So flows move only away from members that are down, in proportion to the
    /// weights. Where that would take too many slots, the ones that are left share all flows anew.
    private static func slots(_ slots: ArraySlice<UInt16>, without isDown: [Bool]) -> [UInt16] {
        let up = slots.filter { !isDown[Int($0)] }
        if up.isEmpty || up.count == slots.count { return Array(slots) }
        guard slots.count * up.count <= mostSplitSlots else { return up }
        return slots.flatMap { slot in
            isDown[Int(slot)] ? up : [UInt16](repeating: slot, count: up.count)
        }
    }
}

extension NextHop {
    /// Whether packets with this next hop leave by its port.
    fileprivate var leavesByPort: Bool { kind.isForward || kind == .glean }
}
