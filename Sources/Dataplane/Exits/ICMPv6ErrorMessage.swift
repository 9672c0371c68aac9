// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// A message of ICMPv6 about a packet that goes no further (RFC 4443, 3): what it says, and how a frame becomes it.
struct ICMPv6ErrorMessage {
    private let type: ICMPv6Header.MessageType
    private let code: UInt8
    /// The second word of the message.
    private let detail: UInt32

    /// So much of the packet is quoted that the message has 1,280 bytes at most (RFC 4443, 2.4 c).
    static let mostQuoted = Configuration.leastMTU - ownByteCount
    private static let ownByteCount = IPv6Header.byteCount + ICMPv6Header.byteCount
    /// One more than it leaves with: Rewrite takes it off, as for each packet.
    static let hopLimit: UInt8 = 65

    private enum Configuration {
        /// RFC 8200, 5.
        static let leastMTU = 1_280
    }

    /// What is said of a packet that is dropped; nil for what is kept silent.
    /// - Parameter mtu: that of the way out, where the packet is longer.
    init?(_ reason: DropReason, mtu: Int = 0) {
        switch reason {
        case .noRoute, .nextHopUnresolved, .vrfLoop: (type, code, detail) = (.unreachable, 0, 0)
        case .prohibited: (type, code, detail) = (.unreachable, 1, 0)
        case .beyondScope: (type, code, detail) = (.unreachable, 2, 0)
        case .noNeighbour, .linkDown: (type, code, detail) = (.unreachable, 3, 0)
        case .unreachable: (type, code, detail) = (.unreachable, 6, 0)
        case .exceedsMTU: (type, code, detail) = (.packetTooBig, 0, UInt32(mtu))
        case .timeToLiveExpired: (type, code, detail) = (.timeExceeded, 0, 0)
        case .reassemblyTimeout: (type, code, detail) = (.timeExceeded, 1, 0)
        default: return nil
        }
    }

    /// What is said of a packet for us in which something is wrong (RFC 4443, 3.4).
    init(_ problem: LocalIPv6Packet.Problem) {
        (type, code, detail) = (.parameterProblem, problem.code, UInt32(problem.pointer))
    }

    /// What is said of a packet for us that nobody takes (RFC 4443, 3.1 and 3.4); nil for what is kept silent: TCP, which
    /// would be answered by a reset, what has a protocol that we know, and what is broken.
    init?(
        unclaimed layer: LocalIPv6Packet.UpperLayer, of packet: IPv6Header, in mbuf: MbufReference,
        from start: Int
    ) {
        switch layer.protocol {
        case .udp:
            guard UDPChecksum.isRight(layer, of: packet, in: mbuf, from: start) else { return nil }
            (type, code, detail) = (.unreachable, 4, 0)
        case .icmpv6, .tcp, .noNextHeader: return nil
        default: (type, code, detail) = (.parameterProblem, 1, UInt32(layer.namedAt))
        }
    }

    /// Whether anything may be said about the packet (RFC 4443, 2.4 e): not about errors and redirects, nor about what is for
    /// many, but for an option that asks for it, nor to who is nobody.
    func mayBeAbout(_ packet: IPv6Header) -> Bool {
        guard packet.source.isUnicast else { return false }
        let isOption = type == .parameterProblem && code == 2
        guard !packet.destination.isMulticast || isOption || type == .packetTooBig else {
            return false
        }
        let extensions = packet.extensionHeaders
        guard extensions.finalProtocol == .icmpv6 else { return true }
        // Of a later part nobody knows what it is a part of.
        guard extensions.end == .upperLayer,
            let about = packet.bytes.dropFirst(extensions.offset).uint8(at: 0)
        else { return false }
        let message = ICMPv6Header.MessageType(rawValue: about)
        return !message.isError && message != .redirect
    }

    /// Has the frame of a packet become the message about it, with an Ethernet header whose addresses are still to be
    /// written.
    /// - Parameters:
    ///   - start: where the packet begins, whose header was validated.
    ///   - source: our address.
    /// - Returns: false where the buffer has no room.
    func replace(_ mbuf: MbufReference, from start: Int, by source: IPv6Address) -> Bool {
        let packet = MutableIPv6Header(validated: mbuf.data + start)
        let quoted = min(packet.totalLength, Self.mostQuoted)
        let destination = packet.source
        mbuf.gather(start + quoted)
        guard mbuf.dataLength >= start + quoted else { return false }
        mbuf.shorten(to: start + quoted)
        let front = EthernetHeader.byteCount + Self.ownByteCount
        guard mbuf.makeHeadroom(max(0, front - start)) else { return false }
        mbuf.moveStart(by: start - front)

        let frame = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        frame.store(EtherType.ipv6.rawValue, at: 12)
        let ip = frame.dropFirst(EthernetHeader.byteCount)
        ip.store(UInt32(0x6000_0000), at: 0)
        ip.store(UInt16(ICMPv6Header.byteCount + quoted), at: 4)
        ip.store(UInt16(IPProtocol.icmpv6.rawValue) << 8 | UInt16(Self.hopLimit), at: 6)
        let header = MutableIPv6Header(ip)
        header?.source = source
        header?.destination = destination
        let message = ip.dropFirst(IPv6Header.byteCount)
        message.store(UInt16(type.rawValue) << 8 | UInt16(code), at: 0)
        message.store(UInt16(0), at: 2)
        message.store(detail, at: 4)
        var checksum = InternetChecksum(
            pseudoHeaderFrom: source, to: destination, protocol: .icmpv6, length: message.count)
        checksum.add(message.readOnly)
        message.store(checksum.value, at: 2)
        return true
    }
}
