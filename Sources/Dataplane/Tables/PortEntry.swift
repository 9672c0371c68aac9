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

    static let none = UInt16.max

    /// - Parameter peer: the port that frames cross to.
    public init(address: MACAddress, admitsAny: Bool, peer: UInt16? = nil) {
        self.address = address
        startOfFrame = address.bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } << 16
        self.admitsAny = admitsAny
        self.peer = peer ?? Self.none
    }

    /// A port that does not exist: no frame is for it.
    static let absent = PortEntry(address: MACAddress(rawValue: 0), admitsAny: false)
}
