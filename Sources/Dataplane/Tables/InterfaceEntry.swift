// SPDX-License-Identifier: Apache-2.0

import DPDK
public import PacketHeaders

/// What the stages need to know of an interface: 40 bytes. Its number is DPDK's index of the port for untagged frames,
/// and a higher one for tagged ones (`InterfaceCounters` has room for them).
public struct InterfaceEntry: BitwiseCopyable, Sendable {
    let tags: VLANTags
    /// As it lies in a frame, read as a little-endian word; 0 without tags.
    let outerType: UInt16
    /// DPDK's index.
    let port: UInt16
    /// The number of the interface that frames cross to, or `none`.
    let peer: UInt16
    /// Why a frame without a peer goes no further in a cross-connect.
    let obstacle: DropReason
    /// Whether the port's tagged frames are the interface's, too: it has no VLANs, and what it is joined to
    /// carries them.
    let takesTags: Bool
    /// The longest frame that crosses to the peer, the interface's own tags not counted; all do when nothing needs to be
    /// measured.
    let longestToPeer: UInt32
    /// The outer tag's and the inner one's.
    private let identifiers: UInt32

    static let none = UInt16.max
    private static let noInner: UInt32 = 0xffff

    /// - Parameters:
    ///   - port: DPDK's index.
    ///   - vlans: identifiers, that of the outer tag first; none for untagged frames.
    ///   - outer: the type of the outer tag.
    ///   - peer: the number of the interface that frames cross to.
    ///   - isLinkUp: whether frames may come in.
    ///   - isPeerUp: whether frames may leave by the peer.
    ///   - peerMTU: the MTU that frames are measured by which cross to the peer; nil when none can be too long.
    ///   - takesTags: whether tagged frames cross, too, where the port has no VLANs.
    public init(
        port: UInt16, vlans: [UInt16] = [], outer: EtherType = .vlan, peer: UInt16? = nil,
        isLinkUp: Bool = true, isPeerUp: Bool = true, peerMTU: Int? = nil, takesTags: Bool = false
    ) {
        tags = VLANTags(vlans, outer: outer)
        outerType = vlans.isEmpty ? 0 : outer.rawValue.byteSwapped
        self.port = port
        self.peer = isLinkUp && isPeerUp ? peer ?? Self.none : Self.none
        obstacle = !isLinkUp || (peer != nil && !isPeerUp) ? .linkDown : .notConnected
        self.takesTags = takesTags
        longestToPeer = peerMTU.map { UInt32($0 + EthernetHeader.byteCount) } ?? .max
        identifiers =
            UInt32(vlans.first ?? 0) << 16 | (vlans.count > 1 ? UInt32(vlans[1]) : Self.noInner)
    }

    /// Nil for untagged frames.
    var outerVLAN: UInt16? { outerType == 0 ? nil : UInt16(identifiers >> 16) }
    var innerVLAN: UInt16? {
        identifiers & 0xffff == Self.noInner ? nil : UInt16(truncatingIfNeeded: identifiers)
    }

    /// Whether a frame is too long to cross to the peer: it may be longer by tags that are not the interface's, two at
    /// most.
    /// - Parameter tagBytes: of the tags in front of those.
    func isTooLong(_ mbuf: MbufReference, tagBytes: Int) -> Bool {
        let length = mbuf.frameLength &- tagBytes
        guard length > Int(longestToPeer) else { return false }
        guard let header = EthernetHeader(FrameBytes(mbuf.data, count: mbuf.dataLength)) else {
            return true
        }
        let inner = max(0, VLANStack(header).count &- tagBytes / VLANTag.byteCount)
        return length > Int(longestToPeer) + min(2, inner) * VLANTag.byteCount
    }
}
