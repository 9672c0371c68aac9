// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Answers to echo requests for our own addresses (RFC 792; RFC 1812, 4.3.3.6): the request itself, turned back, so that
/// it may be of any length. Cold path.
enum EchoReply {
    /// Has the frame of a packet that is for us become the answer, with an Ethernet header whose addresses are still to
    /// be written.
    /// - Parameter start: where the packet begins, whose header was validated.
    /// - Returns: why it is none; nil when it is.
    static func replace(_ mbuf: MbufReference, from start: Int) -> DropReason? {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv4Header(frame.dropFirst(start)), packet.protocol == .icmp,
            // What has options may want a way back that they name; a fragment is not put together.
            packet.headerLength == IPv4Header.minimumByteCount, !packet.isFragment,
            let message = ICMPHeader(packet.bytes.dropFirst(packet.headerLength)),
            message.type == .echoRequest, message.code == 0,
            packet.totalLength >= IPv4Header.minimumByteCount + ICMPHeader.byteCount
        else { return .localNotHandled }
        let length = packet.totalLength
        guard
            isValid(
                mbuf, from: start + IPv4Header.minimumByteCount,
                count: length - IPv4Header.minimumByteCount)
        else { return .badICMPChecksum }
        let (source, destination) = (packet.source, packet.destination)
        mbuf.shorten(to: start + length)
        mbuf.moveStart(by: start - EthernetHeader.byteCount)

        let bytes = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        bytes.store(EtherType.ipv4.rawValue, at: 12)
        let ip = bytes.dropFirst(EthernetHeader.byteCount)
        // May be cut, as Linux's: who asks with DF asks about the way here, and not about the way back.
        ip.store(UInt16(0), at: 6)
        ip.store(ErrorMessage.timeToLive, at: 8)
        ip.store(destination.rawValue, at: 12)
        ip.store(source.rawValue, at: 16)
        MutableIPv4Header(ip)?.writeChecksum()
        let reply = ip.dropFirst(IPv4Header.minimumByteCount)
        let request = UInt16(ICMPHeader.MessageType.echoRequest.rawValue) << 8
        let checksum = reply.readOnly.uint16(at: 2) ?? 0
        reply.store(UInt16(0), at: 0)
        let updated = InternetChecksum.updating(checksum, from: request, to: UInt16(0))
        reply.store(updated, at: 2)
        // Over nothing but zeros the sum is 0, and its complement 0xffff: an adjustment cannot tell that from a sum of 0xffff.
        let start = EthernetHeader.byteCount + IPv4Header.minimumByteCount
        if updated == 0, !isValid(mbuf, from: start, count: length - IPv4Header.minimumByteCount) {
            reply.store(UInt16(0xffff), at: 2)
        }
        return nil
    }

    /// Whether bytes of a frame, their checksum among them, add up, over all of its segments.
    private static func isValid(_ mbuf: MbufReference, from start: Int, count: Int) -> Bool {
        var checksum = InternetChecksum()
        return checksum.add(mbuf, from: start, count: count) && checksum.isValid
    }
}
