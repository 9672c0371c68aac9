// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What the stages need to know of a port.
public struct PortEntry: BitwiseCopyable, Sendable {
    let address: MACAddress
    /// The port on the other side of the cross-connect, or `none`.
    let peer: UInt16
    /// Whether frames for any unicast address are taken.
    let admitsAny: Bool

    static let none = UInt16.max

    /// - Parameter peer: the port that frames cross to.
    public init(address: MACAddress, admitsAny: Bool, peer: UInt16? = nil) {
        self.address = address
        self.admitsAny = admitsAny
        self.peer = peer ?? Self.none
    }

    /// A port that does not exist: no frame is for it.
    static let absent = PortEntry(address: MACAddress(rawValue: 0), admitsAny: false)
}
