// SPDX-License-Identifier: Apache-2.0

/// What the route stage tells of the table in which it looks a packet up: that of a VRF.
public struct TableChoice: Equatable, Sendable {
    /// The VRF's number.
    public let vrf: UInt16
    /// The entry that leads there; 0 where the packet is in the VRF from the start.
    public let entry: UInt16

    /// - Parameter note: of the route stage; nil where it tells of something else.
    public init?(_ note: StageNote) {
        guard note.second >> 62 == 3 else { return nil }
        vrf = UInt16(note.second >> 48 & 0x3fff)
        entry = UInt16(truncatingIfNeeded: note.first)
    }
}
