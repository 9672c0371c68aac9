// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What becomes of a packet whose prefix names this entry: 32 bytes, so that two fit a cache line.
public struct NextHop: BitwiseCopyable, Sendable {
    /// A bit each, so that those of a burst can be looked at together; no enum, whose numbers would be looked up.
    struct Kind: Equatable, BitwiseCopyable {
        let rawValue: UInt8

        /// Leave by `port` with `destinationMAC` and `sourceMAC`.
        @inline(__always) static var forward: Kind { Kind(rawValue: 0) }
        /// Leave by `port`, whose neighbour is not known: drop, once the time to live was checked.
        @inline(__always) static var unresolved: Kind { Kind(rawValue: 1) }
        /// Like `forward`, by an interface of a port with VLANs: it may have tags, and its frames are counted.
        @inline(__always) static var forwardByVLAN: Kind { Kind(rawValue: 2) }
        /// Drop because of `reason`, at once.
        @inline(__always) static var drop: Kind { Kind(rawValue: 4) }
        /// One of several entries, by flow.
        @inline(__always) static var group: Kind { Kind(rawValue: 8) }

        /// Whether all kinds whose numbers went into `union` have a port.
        @inline(__always)
        static func haveAllPorts(union: UInt8) -> Bool { union < drop.rawValue }

        @inline(__always)
        static func leaveByVLAN(union: UInt8) -> Bool { union & forwardByVLAN.rawValue != 0 }

        /// Whether the MAC is known to which packets go.
        @inline(__always) var isForward: Bool { self == .forward || self == .forwardByVLAN }
    }

    let kind: Kind
    /// The reason of `drop`, or the bytes of the tags.
    private let detail: UInt8
    /// The port to leave by.
    let port: UInt16
    /// The number of the interface to leave by, or a group's slots.
    private let number: UInt16
    /// The longest frame that the interface takes, without padding and tags; 0, so that none fits, where the neighbour
    /// is not known.
    let largestFrame: UInt32
    /// Bytes 8 to 11 of the new Ethernet header, and 0 to 7, as they lie in memory.
    let addressesHigh: UInt32
    let addressesLow: UInt64
    /// The tags, or where a group's slots begin.
    private let more: UInt64

    private init(
        kind: Kind, detail: UInt8 = 0, port: UInt16 = 0, number: UInt16 = 0, mtu: UInt16 = 0,
        more: UInt64 = 0, addresses: [UInt8] = []
    ) {
        self.kind = kind
        self.detail = detail
        self.port = port
        self.number = number
        self.more = more
        largestFrame = mtu == 0 ? 0 : UInt32(mtu) + UInt32(EthernetHeader.byteCount)
        let bytes = addresses + [UInt8](repeating: 0, count: 12 - addresses.count)
        addressesLow = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        addressesHigh = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        }
    }

    /// Of `drop`.
    var reason: DropReason { DropReason(rawValue: detail) ?? .noRoute }
    /// Of what leaves by a port.
    @inline(__always) var interface: UInt16 { number }
    @inline(__always) var tags: VLANTags { VLANTags(word: more, byteCount: detail) }
    /// A group's slots in the table of members.
    var memberCount: UInt16 { number }
    var firstMember: UInt32 { UInt32(truncatingIfNeeded: more) }

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
        NextHop(kind: .drop, detail: reason.rawValue)
    }

    /// By the untagged frames of a port without VLANs.
    public static func forward(
        port: UInt16, mtu: Int, destinationMAC: MACAddress, sourceMAC: MACAddress
    ) -> NextHop {
        NextHop(
            kind: .forward, port: port, number: port, mtu: UInt16(mtu),
            addresses: destinationMAC.bytes + sourceMAC.bytes)
    }

    /// By an interface of a port with VLANs.
    /// - Parameters:
    ///   - interface: its number.
    ///   - vlans: its identifiers, that of the outer tag first; none for untagged frames.
    ///   - outer: the type of the outer tag.
    public static func forward(
        port: UInt16, interface: UInt16, vlans: [UInt16], outer: EtherType, mtu: Int,
        destinationMAC: MACAddress, sourceMAC: MACAddress
    ) -> NextHop {
        let tags = VLANTags(vlans, outer: outer)
        return NextHop(
            kind: .forwardByVLAN, detail: tags.byteCount, port: port, number: interface,
            mtu: UInt16(mtu), more: tags.word, addresses: destinationMAC.bytes + sourceMAC.bytes)
    }

    /// - Parameter interface: its number; that of the port's untagged frames when it is not given.
    public static func unresolved(port: UInt16, interface: UInt16? = nil) -> NextHop {
        NextHop(kind: .unresolved, port: port, number: interface ?? port)
    }

    /// What becomes of packets whose next hop is behind the port while its link is down.
    static func linkDown(port: UInt16) -> NextHop {
        NextHop(kind: .drop, detail: DropReason.linkDown.rawValue, port: port)
    }

    static func group(firstMember: Int, memberCount: Int) -> NextHop {
        NextHop(kind: .group, number: UInt16(memberCount), more: UInt64(firstMember))
    }
}
