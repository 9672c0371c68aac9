// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// An ICMP message that a packet goes no further (RFC 792; RFC 1812, 4.3). Cold path.
struct ErrorMessage {
    private let type: ICMPHeader.MessageType
    private let code: UInt8
    /// The second word of the message.
    private let detail: UInt32

    /// So much of the packet is quoted that the message has 576 bytes at most (RFC 1812, 4.3.2.3).
    static let mostQuoted = 576 - ownByteCount
    private static let ownByteCount = IPv4Header.minimumByteCount + ICMPHeader.byteCount
    /// Internetwork control (RFC 1812, 4.3.2.5).
    private static let typeOfService: UInt8 = 0xc0
    /// One more than it leaves with: Rewrite takes it off, as for each packet.
    static let timeToLive: UInt8 = 65

    /// What is said of a packet that is dropped; nil for what is kept silent.
    /// - Parameters:
    ///   - mtu: that of the way out, where the packet is longer.
    ///   - pointer: the byte of its header that is wrong, where one is.
    init?(_ reason: DropReason, mtu: Int = 0, pointer: UInt8 = 0) {
        switch reason {
        case .noRoute, .nextHopUnresolved, .vrfLoop: (type, code, detail) = (.unreachable, 0, 0)
        case .unreachable, .noNeighbour, .linkDown: (type, code, detail) = (.unreachable, 1, 0)
        case .exceedsMTU: (type, code, detail) = (.unreachable, 4, UInt32(mtu))
        case .prohibited: (type, code, detail) = (.unreachable, 13, 0)
        case .timeToLiveExpired: (type, code, detail) = (.timeExceeded, 0, 0)
        case .reassemblyTimeout: (type, code, detail) = (.timeExceeded, 1, 0)
        case .badOptions: (type, code, detail) = (.parameterProblem, 0, UInt32(pointer) << 24)
        default: return nil
        }
    }

    /// What is said of a packet for us that nobody takes (RFC 1122, 3.2.2.1); nil for what is kept silent: TCP, which would be
    /// answered by a reset, what has a protocol that we know, and what is broken.
    /// - Parameters:
    ///   - mbuf: its frame.
    ///   - start: where it begins, whose header was validated.
    init?(unclaimed packet: IPv4Header, in mbuf: MbufReference, from start: Int) {
        switch packet.protocol {
        case .udp:
            guard UDPChecksum.isRight(packet, in: mbuf, from: start) else { return nil }
            (type, code, detail) = (.unreachable, 3, 0)
        case .icmp, .igmp, .tcp: return nil
        default: (type, code, detail) = (.unreachable, 2, 0)
        }
    }

    /// Whether anything may be said about the packet (RFC 1812, 4.3.2.7): not about errors, nor about a later fragment.
    /// What came as a broadcast, or from an address that is no host's, does not come here.
    /// - Parameter packet: its header was validated.
    func mayBeAbout(_ packet: IPv4Header) -> Bool {
        if type == .unreachable, code == 4, !packet.dontFragment { return false }
        guard packet.fragmentOffset == 0 else { return false }
        guard packet.protocol == .icmp else { return true }
        guard let about = packet.bytes.dropFirst(packet.headerLength).uint8(at: 0) else {
            return false
        }
        // Types that nobody knows may be errors.
        return about <= Self.mostKnownType && !ICMPHeader.MessageType(rawValue: about).isError
    }

    /// Of those that RFC 792, 950, 1256 and 1393 name, all but traceroute's.
    private static let mostKnownType: UInt8 = 18

    /// Has the frame of a packet become the message about it, with an Ethernet header whose addresses are still to be
    /// written.
    /// - Parameters:
    ///   - start: where the packet begins, whose header was validated.
    ///   - source: our address.
    /// - Returns: false where the buffer has no room.
    func replace(_ mbuf: MbufReference, from start: Int, by source: IPv4Address) -> Bool {
        let packet = MutableIPv4Header(validated: mbuf.data + start)
        let quoted = min(packet.totalLength, Self.mostQuoted)
        mbuf.gather(start + quoted)
        guard mbuf.dataLength >= start + quoted else { return false }
        mbuf.shorten(to: start + quoted)
        let front = EthernetHeader.byteCount + Self.ownByteCount
        guard mbuf.makeHeadroom(max(0, front - start)) else { return false }
        mbuf.moveStart(by: start - front)

        let frame = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        let about = frame.readOnly.dropFirst(front)
        frame.store(EtherType.ipv4.rawValue, at: 12)
        let ip = frame.dropFirst(EthernetHeader.byteCount)
        ip.store(0x4500 | UInt16(Self.typeOfService), at: 0)
        ip.store(UInt16(Self.ownByteCount + quoted), at: 2)
        // The packet's own, so that a replay gives the same; nobody has to put this one together.
        ip.store(about.uint16(at: 4) ?? 0, at: 4)
        ip.store(UInt16(0), at: 6)
        ip.store(UInt16(Self.timeToLive) << 8 | UInt16(IPProtocol.icmp.rawValue), at: 8)
        ip.store(source.rawValue, at: 12)
        ip.store(about.uint32(at: 12) ?? 0, at: 16)
        MutableIPv4Header(ip)?.writeChecksum()
        let message = ip.dropFirst(IPv4Header.minimumByteCount)
        message.store(UInt16(type.rawValue) << 8 | UInt16(code), at: 0)
        message.store(UInt16(0), at: 2)
        message.store(detail, at: 4)
        message.store(InternetChecksum.of(message.readOnly), at: 2)
        return true
    }
}
