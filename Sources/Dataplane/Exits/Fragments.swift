// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// The parts of an IPv4 packet that is longer than the MTU of its way out, and may be cut (RFC 791, 3.2; RFC 1812,
/// 4.2.2.7). Cold path.
///
/// Each is a copy in a buffer of its own: DPDK's library (`rte_ipv4_fragment_packet`) has parts share the packet's buffers, for
/// which devices must take frames of several segments, and a second pool is needed. The header of all parts is as long as the
/// packet's: an option that stands in the first alone gives way to No Operation in the others, as in Linux.
enum Fragments {
    /// Makes the parts, one after the other.
    /// - Parameters:
    ///   - mbuf: has the new Ethernet header, and a packet that may leave but for its length.
    ///   - front: bytes in front of the packet.
    ///   - mtu: at least 68.
    ///   - place: gives a part its place: the bytes of the frame behind its header, and how many bytes this has; nil where
    ///     there is no buffer.
    ///   - finish: gets the part once it is whole.
    /// - Returns: how many there are; nil behind those where there was no buffer.
    static func make(
        of mbuf: MbufReference, from front: Int, mtu: Int,
        place: (_ bytes: Range<Int>, _ header: Int) -> MbufReference?,
        finish: (MbufReference) -> Void
    ) -> (count: Int, areAll: Bool) {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv4Header(frame.dropFirst(front)) else { return (0, false) }
        let headerLength = packet.headerLength
        let start = front + headerLength
        // Where a part ends, eights are full.
        let most = max(8, (mtu - headerLength) & ~7)
        let end = front + packet.totalLength
        let offset = packet.fragmentOffset
        var done = start
        var count = 0
        while done < end {
            let next = min(done + most, end)
            guard let part = place(done..<next, start) else { return (count, false) }
            part.data.copyMemory(from: mbuf.data, byteCount: start)
            let header = MutableFrameBytes(part.data + front, count: headerLength)
            header.store(UInt16(headerLength + next - done), at: 2)
            let more: UInt16 = packet.moreFragments || next < end ? 0x2000 : 0
            header.store(more | UInt16((offset + done - start) / 8), at: 6)
            // Those of a packet that is a later part itself are the ones that all parts have.
            if done > start, offset == 0 { blankOptions(packet, header) }
            MutableIPv4Header(header)?.writeChecksum()
            finish(part)
            done = next
            count += 1
        }
        return (count, true)
    }

    /// The same of a packet of IPv6 of our own, without extension headers, whose parts have a fragment header each
    /// (RFC 8200, 4.5): nobody but its source cuts one.
    /// - Parameter identification: of this packet, and of no other that is on its way to the same host.
    static func makeIPv6(
        of mbuf: MbufReference, from front: Int, mtu: Int, identification: UInt32,
        place: (_ bytes: Range<Int>, _ header: Int) -> MbufReference?,
        finish: (MbufReference) -> Void
    ) -> (count: Int, areAll: Bool) {
        let packet = MutableIPv6Header(validated: mbuf.data + front)
        let next = packet.nextHeader
        let start = front + IPv6Header.byteCount
        let most = max(8, (mtu - IPv6Header.byteCount - fragmentHeaderLength) & ~7)
        let end = front + packet.totalLength
        var done = start
        var count = 0
        while done < end {
            let until = min(done + most, end)
            guard let part = place(done..<until, start + fragmentHeaderLength) else {
                return (count, false)
            }
            part.data.copyMemory(from: mbuf.data, byteCount: start)
            let header = MutableFrameBytes(
                part.data + front, count: IPv6Header.byteCount + fragmentHeaderLength)
            header.store(UInt16(fragmentHeaderLength + until - done), at: 4)
            header.store(IPProtocol.fragment.rawValue, at: 6)
            let fragment = header.dropFirst(IPv6Header.byteCount)
            fragment.store(UInt16(next.rawValue) << 8, at: 0)
            fragment.store(UInt16(done - start) | (until < end ? 1 : 0), at: 2)
            fragment.store(identification, at: 4)
            finish(part)
            done = until
            count += 1
        }
        return (count, true)
    }

    private static let fragmentHeaderLength = 8

    /// Puts No Operation in the place of options that stand in the first part alone (RFC 791, 3.1: the copied flag).
    private static func blankOptions(_ packet: IPv4Header, _ header: MutableFrameBytes) {
        for option in packet.options where !option.ipv4Type.isCopiedIntoFragments {
            for place in option.offset..<option.offset + 2 + option.data.count {
                header.store(UInt8(1), at: place)
            }
        }
    }
}
