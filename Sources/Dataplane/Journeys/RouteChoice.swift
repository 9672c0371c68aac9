// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What the route stage chose for a packet, and how.
public struct RouteChoice: Equatable, Sendable, BitwiseCopyable {
    /// The entry of the next-hop table that the longest prefix names; 0 where no prefix matches.
    public let group: Int
    /// The entry that the packet gets: `group` itself, or a member of it.
    public let nextHop: Int
    /// The hash of the flow, which picks the slot; 0 where there is no group.
    public let flowHash: UInt32
    /// The slot of the group that was picked, from 0; 0 where there is no group.
    public let slot: Int
    /// Slots of the group; 0 where `group` is a next hop itself.
    public let slotCount: Int
    /// What the entry does with packets.
    public let outcome: Outcome

    /// What a next hop does with packets.
    public enum Outcome: Equatable, Sendable, BitwiseCopyable {
        /// They leave by a port to a neighbour whose MAC is known.
        case forward(port: UInt16, mac: MACAddress)
        /// They would leave by a port to a neighbour whose MAC is not known.
        case unresolved(port: UInt16)
        case drop(DropReason)
    }
}

extension RouteChoice {
    @inline(__always)
    init(group: Int, chosen: GroupMember, entry: NextHop) {
        self.group = group
        nextHop = chosen.nextHop
        flowHash = chosen.flowHash
        slot = chosen.slot
        slotCount = chosen.slotCount
        outcome =
            switch entry.kind {
            case .forward: .forward(port: entry.port, mac: entry.destinationMAC)
            case .unresolved, .group: .unresolved(port: entry.port)
            case .drop: .drop(entry.reason)
            }
    }
}

/// An entry of the next-hop table, with the way to it.
struct GroupMember: BitwiseCopyable {
    let nextHop: Int
    var flowHash: UInt32 = 0
    var slot = 0
    var slotCount = 0

    /// The slot of a group that a flow gets: its hash's share of them.
    @inline(__always)
    static func slot(of flowHash: UInt32, among slotCount: Int) -> Int {
        // Swift shifts before it multiplies.
        Int((UInt64(flowHash) &* UInt64(slotCount)) >> 32)
    }
}
