// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Answers to ICMPv6 echo requests for our own addresses (RFC 4443, 4.2).
enum ICMPv6EchoReply {
    /// Has the frame of a request become the answer, with an Ethernet header whose addresses are still to be written, and
    /// without extension headers.
    /// - Parameters:
    ///   - start: where the packet begins, whose header was validated.
    ///   - offset: where the message begins in the packet.
    ///   - own: our address.
    /// - Returns: why it is none; nil when it is.
    static func replace(
        _ mbuf: MbufReference, from start: Int, message offset: Int, by own: IPv6Address
    ) -> DropReason? {
        let packet = MutableIPv6Header(validated: mbuf.data + start)
        let (source, destination) = (packet.source, packet.destination)
        let count = packet.totalLength - offset
        var checksum = InternetChecksum(
            pseudoHeaderFrom: source, to: destination, protocol: .icmpv6, length: count)
        guard checksum.add(mbuf, from: start + offset, count: count), checksum.isValid else {
            return .badICMPChecksum
        }
        mbuf.shorten(to: start + offset + count)
        let skipped = offset - IPv6Header.byteCount
        let firstWord = FrameBytes(mbuf.data + start, count: 4).uint32(at: 0) ?? 0
        mbuf.moveStart(by: start + skipped - EthernetHeader.byteCount)

        let bytes = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        bytes.store(EtherType.ipv6.rawValue, at: 12)
        let ip = bytes.dropFirst(EthernetHeader.byteCount)
        // The traffic class is the request's; the flow is another one (RFC 6437, 3).
        ip.store(firstWord & 0xfff0_0000, at: 0)
        ip.store(UInt16(count), at: 4)
        ip.store(
            UInt16(IPProtocol.icmpv6.rawValue) << 8 | UInt16(ICMPv6ErrorMessage.hopLimit), at: 6)
        let header = MutableIPv6Header(ip)
        header?.source = own
        header?.destination = source
        let reply = ip.dropFirst(IPv6Header.byteCount)
        var sum = reply.readOnly.uint16(at: 2) ?? 0
        let request = UInt16(ICMPv6Header.MessageType.echoRequest.rawValue) << 8
        let answer = UInt16(ICMPv6Header.MessageType.echoReply.rawValue) << 8
        sum = InternetChecksum.updating(sum, from: request, to: answer)
        // Addresses that change places change no sum.
        if own != destination { sum = updating(sum, from: destination, to: own) }
        reply.store(answer, at: 0)
        reply.store(sum, at: 2)
        return nil
    }

    private static func updating(
        _ checksum: UInt16, from old: IPv6Address, to new: IPv6Address
    ) -> UInt16 {
        var sum = checksum
        for shift in [48, 32, 16, 0] as [UInt64] {
            sum = InternetChecksum.updating(
                sum, from: UInt16(truncatingIfNeeded: old.high >> shift),
                to: UInt16(truncatingIfNeeded: new.high >> shift))
            sum = InternetChecksum.updating(
                sum, from: UInt16(truncatingIfNeeded: old.low >> shift),
                to: UInt16(truncatingIfNeeded: new.low >> shift))
        }
        return sum
    }
}
