// SPDX-License-Identifier: Apache-2.0

import DPDK
public import PacketHeaders

/// What the stages need to know of a port: 32 bytes.
public struct PortEntry: BitwiseCopyable, Sendable {
    /// The address as a frame that is for it starts: its six bytes as they lie in memory, read as a
    /// little-endian word, in the upper 48 bits.
    let startOfFrame: UInt64
    /// The address that the port had until just now, and for which frames are still on their way; its own
    /// when there is none.
    let formerAddress: MACAddress
    /// The port on the other side of the cross-connect, or `none`.
    let peer: UInt16
    /// Whether frames for any unicast address are taken.
    let admitsAny: Bool

    /// Why a frame without a peer goes no further in a cross-connect.
    let obstacle: DropReason
    /// Whether frames may come in by the port.
    let isLinkUp: Bool
    /// Whether its untagged frames may be IPv6.
    var hasIPv6 = false
    /// Which array of `InterfaceTable` has the port's VLANs; 0 where it has none.
    var vlans: UInt8 = 0
    /// The longest frame without tags that crosses to the peer; all do when nothing needs to be measured.
    let longestToPeer: UInt32

    static let none = UInt16.max

    /// A port whose link is down has no peer, and a `startOfFrame` that no frame has: the stages find
    /// out on the way that uncommon frames take, and common ones pay nothing.
    /// - Parameters:
    ///   - peer: the port that frames cross to.
    ///   - isLinkUp: whether frames may come in by the port.
    ///   - isPeerUp: whether frames may leave by the peer.
    ///   - formerAddress: nil when the port keeps its address.
    ///   - peerMTU: the MTU that frames are measured by which cross to the peer; nil when none can be too
    ///     long.
    public init(
        address: MACAddress, formerAddress: MACAddress? = nil, admitsAny: Bool,
        peer: UInt16? = nil, isLinkUp: Bool = true, isPeerUp: Bool = true, peerMTU: Int? = nil
    ) {
        self.formerAddress = formerAddress ?? address
        startOfFrame =
            address.bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } << 16 | (isLinkUp ? 0 : 1)
        self.admitsAny = admitsAny
        self.peer = isLinkUp && isPeerUp ? peer ?? Self.none : Self.none
        obstacle = !isLinkUp || (peer != nil && !isPeerUp) ? .linkDown : .notConnected
        self.isLinkUp = isLinkUp
        longestToPeer = peerMTU.map { UInt32($0 + EthernetHeader.byteCount) } ?? .max
    }

    var address: MACAddress {
        MACAddress(rawValue: startOfFrame.byteSwapped & 0xffff_ffff_ffff)
    }

    /// Whether the port has or had the address.
    func owns(_ destination: MACAddress) -> Bool {
        destination == address || destination == formerAddress
    }

    /// Whether a frame is too long to cross to the peer: it may be longer by its VLAN tags, two at most.
    func isTooLong(_ mbuf: MbufReference) -> Bool {
        let length = mbuf.frameLength
        guard length > Int(longestToPeer) else { return false }
        guard let header = EthernetHeader(FrameBytes(mbuf.data, count: mbuf.dataLength)) else {
            return true
        }
        let tags = min(2, VLANStack(header).count)
        return length > Int(longestToPeer) + tags * VLANTag.byteCount
    }

    /// A port that does not exist: no frame is for it.
    static let absent = PortEntry(address: MACAddress(rawValue: 0), admitsAny: false)
}
