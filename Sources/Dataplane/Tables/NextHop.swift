// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders
import Synchronization

/// What becomes of a packet whose prefix names this entry: 32 bytes, so that two fit a cache line.
public struct NextHop: BitwiseCopyable, Sendable {
    /// How packets leave: all that entries of one interface have in common, as it lies in memory.
    struct Way: BitwiseCopyable {
        let word: UInt64

        /// The six bytes that count, but for the bits that change from one moment to the next.
        @inline(__always) static var mask: UInt64 {
            0xffff_ffff_ffff & ~UInt64(Kind.watched.rawValue | Kind.failed.rawValue)
        }

        /// Of the interface's tags.
        @inline(__always) var tagBytes: Int { Int(UInt8(truncatingIfNeeded: word >> 8)) }
        @inline(__always) var port: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }
        @inline(__always) var interface: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }
        /// Whether the port has VLANs.
        @inline(__always) var isByVLAN: Bool { word & UInt64(Kind.forwardByVLAN.rawValue) != 0 }
    }

    /// A bit each, so that those of a burst can be looked at together; no enum, whose numbers would be looked up.
    struct Kind: Equatable, BitwiseCopyable {
        let rawValue: UInt8

        /// Leave by `port` with `destinationMAC` and `sourceMAC`, or wait until that is known.
        @inline(__always) static var forward: Kind { Kind(rawValue: 0) }
        /// Beside one of the two that leave by a port: somebody wants to know when packets do.
        @inline(__always) static var watched: Kind { Kind(rawValue: 1) }
        /// Like `forward`, by an interface of a port with VLANs: it may have tags, and its frames are counted.
        @inline(__always) static var forwardByVLAN: Kind { Kind(rawValue: 2) }
        /// Drop because of `reason`, at once.
        @inline(__always) static var drop: Kind { Kind(rawValue: 4) }
        /// One of several entries, by flow.
        @inline(__always) static var group: Kind { Kind(rawValue: 8) }
        /// A host on a network of an interface: the entry is that of its address.
        @inline(__always) static var glean: Kind { Kind(rawValue: 16) }

        /// Beside one of the two that leave by a port: it did not answer, so that packets need not wait.
        @inline(__always) static var failed: Kind { Kind(rawValue: 32) }
        /// To be looked up in another VRF.
        @inline(__always) static var table: Kind { Kind(rawValue: 64) }

        /// Whether all kinds whose numbers went into `union` leave by a port, and nothing else is to be done for them.
        @inline(__always)
        static func areAllPlain(union: UInt8) -> Bool {
            union & ~(forwardByVLAN.rawValue | failed.rawValue) == 0
        }

        @inline(__always)
        static func lookAgain(union: UInt8) -> Bool { union & table.rawValue != 0 }

        @inline(__always)
        static func leaveByVLAN(union: UInt8) -> Bool { union & forwardByVLAN.rawValue != 0 }

        /// Whether packets leave by a port, once the MAC is known to which they go.
        @inline(__always) var isForward: Bool {
            rawValue
                & (Kind.drop.rawValue | Kind.group.rawValue | Kind.glean.rawValue
                    | Kind.table.rawValue) == 0
        }
        @inline(__always) var leavesByVLAN: Bool { rawValue & Kind.forwardByVLAN.rawValue != 0 }
        /// Whether there is more to an entry than a way out, and it is no group.
        @inline(__always) var isSpecial: Bool {
            rawValue & (Kind.drop.rawValue | Kind.glean.rawValue | Kind.watched.rawValue) != 0
        }
        @inline(__always) var isFailed: Bool { rawValue & Kind.failed.rawValue != 0 }
        @inline(__always) var isWatched: Bool { rawValue & Kind.watched.rawValue != 0 }
    }

    private(set) var kind: Kind
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

    /// Of what leaves by a port, where the neighbour is known: the longest packet.
    var mtu: Int { max(0, Int(largestFrame) - EthernetHeader.byteCount) }
    /// Of `drop`.
    var reason: DropReason { DropReason(rawValue: detail) ?? .noRoute }
    /// Of what leaves by a port.
    @inline(__always) var interface: UInt16 { number }
    @inline(__always) var tags: VLANTags { VLANTags(word: more, byteCount: detail) }
    /// The number of the VRF that `table` leads to.
    @inline(__always) var table: UInt16 { number }
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

    /// By an interface, to a host whose MAC is not known.
    /// - Parameters:
    ///   - interface: its number; that of the port's untagged frames when it is not given.
    ///   - byVLAN: whether the port has VLANs.
    ///   - vlans: as of an entry whose host is known, since a worker may be about to write them.
    public static func unresolved(
        port: UInt16, interface: UInt16? = nil, byVLAN: Bool = false, vlans: [UInt16] = [],
        outer: EtherType = .vlan
    ) -> NextHop {
        let tags = VLANTags(vlans, outer: outer)
        return NextHop(
            kind: byVLAN ? .forwardByVLAN : .forward, detail: tags.byteCount, port: port,
            number: interface ?? port, more: tags.word)
    }

    /// A host on a network of an interface: its entry is that of its address.
    public static func glean(port: UInt16, interface: UInt16) -> NextHop {
        NextHop(kind: .glean, port: port, number: interface)
    }

    /// To be looked up in the VRF with a number.
    public static func table(_ vrf: UInt16) -> NextHop { NextHop(kind: .table, number: vrf) }

    /// The same, but somebody wants to know when a packet leaves by it.
    public var watched: NextHop {
        NextHop(self, kind: Kind(rawValue: kind.rawValue | Kind.watched.rawValue))
    }

    /// The same, but packets do not wait: the host did not answer.
    public var failed: NextHop {
        NextHop(self, kind: Kind(rawValue: kind.rawValue | Kind.failed.rawValue))
    }

    private init(_ other: NextHop, kind: Kind) {
        self = other
        self.kind = kind
    }

    /// What becomes of packets with an entry while the link of its port is down.
    static func linkDown(of entry: NextHop) -> NextHop {
        NextHop(
            kind: .drop, detail: DropReason.linkDown.rawValue, port: entry.port,
            number: entry.interface)
    }

    static func group(firstMember: Int, memberCount: Int) -> NextHop {
        NextHop(kind: .group, number: UInt16(memberCount), more: UInt64(firstMember))
    }
}

/// Entries that workers read change in place. What they read first says how much of the rest counts: `largestFrame` is 0
/// while a packet has to wait, and the addresses are there before it is more.
extension UnsafeMutablePointer<NextHop> {
    private static var kindOffset: Int { 0 }
    private static var largestFrameOffset: Int { 8 }
    private static var behindLargestFrame: Int { 12 }
    private static var addressesOffset: Int { 16 }

    @inline(__always)
    private func word<Value: AtomicRepresentable>(
        _ offset: Int, as type: Value.Type
    ) -> UnsafeMutablePointer<Atomic<Value>> {
        (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: Atomic<Value>.self)
    }

    /// The longest frame that may leave now: read once for a frame, and in front of all else that is needed for it to
    /// leave.
    @inline(__always) var largestFrame: UInt32 {
        word(Self.largestFrameOffset, as: UInt32.self).pointee.load(ordering: .acquiring)
    }

    /// The first word.
    @inline(__always) var way: NextHop.Way {
        NextHop.Way(word: word(Self.kindOffset, as: UInt64.self).pointee.load(ordering: .relaxed))
    }

    /// Has packets wait. Control thread.
    func unresolve() {
        word(Self.largestFrameOffset, as: UInt32.self).pointee.store(0, ordering: .releasing)
    }

    /// Puts another entry of the same interface in the place of this one, which workers may be at. Control thread.
    func replace(by other: NextHop) {
        assert(MemoryLayout<NextHop>.stride == 32)
        var other = other
        withUnsafePointer(to: &other) { new in
            let new = UnsafeMutablePointer(mutating: new)
            let isResolved = new.pointee.largestFrame > 0
            if !isResolved { unresolve() }
            // What a worker may be about to write stays where packets have to wait.
            if isResolved {
                if pointee.largestFrame == 0 {
                    (UnsafeMutableRawPointer(self) + Self.behindLargestFrame).copyMemory(
                        from: UnsafeRawPointer(new) + Self.behindLargestFrame, byteCount: 20)
                }
                // Of another MAC these bytes are all that is otherwise.
                word(Self.addressesOffset, as: UInt64.self).pointee.store(
                    new.word(Self.addressesOffset, as: UInt64.self).pointee.load(
                        ordering: .relaxed),
                    ordering: .relaxed)
            }
            word(Self.kindOffset, as: UInt64.self).pointee.store(
                new.word(Self.kindOffset, as: UInt64.self).pointee.load(ordering: .relaxed),
                ordering: .relaxed)
            word(Self.largestFrameOffset, as: UInt32.self).pointee.store(
                new.pointee.largestFrame, ordering: .releasing)
        }
    }
}
