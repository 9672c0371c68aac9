// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What the route stage chose for a packet, and how.
public struct RouteChoice: Equatable, Sendable, BitwiseCopyable {
    /// The entry of the next-hop table that the longest prefix names; 0 where no prefix matches.
    public let group: Int
    /// The entry that the packet gets: `group` itself, or a member of it.
    public let nextHop: Int
    /// The hash of the flow, which picks the member; 0 where there is no group.
    public let flowHash: UInt32
    /// What the entry does with packets.
    public let outcome: Outcome

    public init(group: Int, nextHop: Int, flowHash: UInt32 = 0, outcome: Outcome) {
        self.group = group
        self.nextHop = nextHop
        self.flowHash = flowHash
        self.outcome = outcome
    }

    /// What a next hop does with packets.
    public enum Outcome: Equatable, Sendable, BitwiseCopyable {
        /// They leave by an interface, whose number this is, to a neighbour whose MAC is known.
        case forward(interface: UInt16, mac: MACAddress)
        /// They would leave by an interface to a neighbour whose MAC is not known.
        case unresolved(interface: UInt16)
        case drop(DropReason)
    }

    /// The slot of a group that a flow gets: its hash's share of them.
    @inline(__always) public static func slot(of flowHash: UInt32, among slotCount: Int) -> Int {
        // Swift shifts before it multiplies.
        Int((UInt64(flowHash) &* UInt64(slotCount)) >> 32)
    }
}

/// An entry of the next-hop table, and the hash that picked it where it is a member of a group.
struct GroupMember: BitwiseCopyable {
    let nextHop: Int
    var flowHash: UInt32 = 0
}

/// From the low bits up: the hash, and 16 bits each for the entries; then 48 bits for the MAC, 14 for the
/// interface or the reason, and two for what the entry does.
extension StageNote {
    fileprivate static var forwards: UInt64 { 0 }
    fileprivate static var lacksNeighbour: UInt64 { 1 }
    fileprivate static var drops: UInt64 { 2 }
    fileprivate static var looksUp: UInt64 { 3 }

    /// That a packet is looked up in a VRF, because of an entry or, where this is 0, since it is in it.
    @inline(__always) init(table: UInt16, entry: UInt64) {
        self.init(entry & 0xffff, UInt64(table & 0x3fff) &<< 48 | Self.looksUp &<< 62)
    }

    @inline(__always) init(group: Int, _ chosen: GroupMember, _ entry: NextHop) {
        let detail =
            entry.kind == .drop ? UInt64(entry.reason.rawValue) : UInt64(entry.interface & 0x3fff)
        let outcome =
            entry.kind == .drop
            ? Self.drops : entry.largestFrame > 0 ? Self.forwards : Self.lacksNeighbour
        self.init(
            UInt64(chosen.flowHash) | UInt64(UInt16(truncatingIfNeeded: chosen.nextHop)) &<< 32
                | UInt64(UInt16(truncatingIfNeeded: group)) &<< 48,
            entry.destinationMAC.rawValue | detail &<< 48 | outcome &<< 62)
    }
}

extension RouteChoice {
    /// - Parameter note: of the route stage.
    public init?(_ note: StageNote) {
        let detail = UInt16(note.second >> 48 & 0x3fff)
        switch note.second >> 62 {
        case StageNote.forwards:
            let mac = MACAddress(rawValue: note.second & 0xffff_ffff_ffff)
            outcome = .forward(interface: detail, mac: mac)
        case StageNote.lacksNeighbour: outcome = .unresolved(interface: detail)
        case StageNote.looksUp: return nil
        default:
            guard let reason = UInt8(exactly: detail).flatMap(DropReason.init) else { return nil }
            outcome = .drop(reason)
        }
        flowHash = UInt32(truncatingIfNeeded: note.first)
        nextHop = Int(note.first >> 32 & 0xffff)
        group = Int(note.first >> 48)
    }
}
