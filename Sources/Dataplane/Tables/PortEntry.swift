// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What the stages need to know of a port.
public struct PortEntry: BitwiseCopyable, Sendable {
    let address: MACAddress
    /// The address as a frame that is for it starts: its six bytes as they lie in memory, read as a
    /// little-endian word, in the upper 48 bits.
    let startOfFrame: UInt64
    /// The port on the other side of the cross-connect, or `none`.
    let peer: UInt16
    /// Whether frames for any unicast address are taken.
    let admitsAny: Bool

    /// Why a frame without a peer goes no further in a cross-connect.
    let obstacle: DropReason
    /// Whether frames may come in by the port.
    let isLinkUp: Bool

    static let none = UInt16.max

    /// A port whose link is down has no peer, and a `startOfFrame` that no frame has: the stages find
    /// out on the way that uncommon frames take, and common ones pay nothing.
    /// - Parameters:
    ///   - peer: the port that frames cross to.
    ///   - isLinkUp: whether frames may come in by the port.
    ///   - isPeerUp: whether frames may leave by the peer.
    public init(
        address: MACAddress, admitsAny: Bool, peer: UInt16? = nil, isLinkUp: Bool = true,
        isPeerUp: Bool = true
    ) {
        self.address = address
        startOfFrame =
            address.bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } << 16 | (isLinkUp ? 0 : 1)
        self.admitsAny = admitsAny
        self.peer = isLinkUp && isPeerUp ? peer ?? Self.none : Self.none
        obstacle = !isLinkUp || (peer != nil && !isPeerUp) ? .linkDown : .notConnected
        self.isLinkUp = isLinkUp
    }

    /// A port that does not exist: no frame is for it.
    static let absent = PortEntry(address: MACAddress(rawValue: 0), admitsAny: false)
}
