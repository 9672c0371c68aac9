// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What becomes of a packet whose prefix names this entry: 32 bytes, so that two fit a cache line.
public struct NextHop: BitwiseCopyable, Sendable {
    enum Kind: UInt8 {
        /// Leave by `port` with `destinationMAC` and `sourceMAC`.
        case forward = 0
        /// Leave by `port`, whose neighbour is not known: drop, once the time to live was checked.
        case unresolved = 1
        /// Drop because of `reason`, at once.
        case drop = 2
        /// One of several entries, by flow.
        case group = 3

        /// Whether all kinds whose numbers went into `union` have a port.
        @inline(__always)
        static func haveAllPorts(union: UInt8) -> Bool { union <= unresolved.rawValue }
    }

    let kind: Kind
    let reason: DropReason
    /// The port to leave by.
    let port: UInt16
    /// A group's slots in the table of members.
    let memberCount: UInt16
    let firstMember: UInt32
    /// The longest frame that the port takes without padding; 0, so that none fits, where the neighbour
    /// is not known.
    let largestFrame: UInt32
    /// Bytes 0 to 7 of the new Ethernet header, and 8 to 11, as they lie in memory.
    let addressesLow: UInt64
    let addressesHigh: UInt32

    private init(
        kind: Kind, reason: DropReason = .noRoute, port: UInt16 = 0, mtu: UInt16 = 0,
        memberCount: UInt16 = 0, firstMember: UInt32 = 0, addresses: [UInt8] = []
    ) {
        self.kind = kind
        self.reason = reason
        self.port = port
        self.memberCount = memberCount
        self.firstMember = firstMember
        largestFrame = mtu == 0 ? 0 : UInt32(mtu) + UInt32(EthernetHeader.byteCount)
        let bytes = addresses + [UInt8](repeating: 0, count: 12 - addresses.count)
        addressesLow = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        addressesHigh = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        }
    }

    /// Writes destination and source of the new Ethernet header.
    @inline(__always) func writeAddresses(to frame: UnsafeMutableRawPointer) {
        frame.storeBytes(of: addressesLow, as: UInt64.self)
        frame.storeBytes(of: addressesHigh, toByteOffset: 8, as: UInt32.self)
    }

    /// Where frames go that get this entry.
    @inline(__always) var destinationMAC: MACAddress {
        MACAddress(rawValue: UInt64(bigEndian: addressesLow) >> 16)
    }

    public static func drop(_ reason: DropReason) -> NextHop {
        NextHop(kind: .drop, reason: reason)
    }

    public static func forward(
        port: UInt16, mtu: Int, destinationMAC: MACAddress, sourceMAC: MACAddress
    ) -> NextHop {
        NextHop(
            kind: .forward, port: port, mtu: UInt16(mtu),
            addresses: destinationMAC.bytes + sourceMAC.bytes)
    }

    public static func unresolved(port: UInt16) -> NextHop {
        NextHop(kind: .unresolved, port: port)
    }

    /// What becomes of packets whose next hop is behind the port while its link is down.
    static func linkDown(port: UInt16) -> NextHop {
        NextHop(kind: .drop, reason: .linkDown, port: port)
    }

    static func group(firstMember: Int, memberCount: Int) -> NextHop {
        NextHop(
            kind: .group, memberCount: UInt16(memberCount), firstMember: UInt32(firstMember))
    }
}
