// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// The checksum of a UDP datagram for us (RFC 768; RFC 1122, 4.1.3.4), wherever its bytes lie. Cold path.
enum UDPChecksum {
    /// - Parameters:
    ///   - packet: whose header was validated.
    ///   - start: where it begins in the frame.
    /// - Returns: false also for a datagram that is cut, or part of one.
    static func isRight(_ packet: IPv4Header, in mbuf: MbufReference, from start: Int) -> Bool {
        let length = packet.totalLength - packet.headerLength
        guard !packet.isFragment,
            let header = UDPHeader(packet.bytes.dropFirst(packet.headerLength)),
            header.length >= UDPHeader.byteCount, header.length <= length
        else { return false }
        if header.checksum == 0 { return true }
        var checksum = InternetChecksum(
            pseudoHeaderFrom: packet.source, to: packet.destination, protocol: .udp,
            length: header.length)
        let isWhole = checksum.add(
            mbuf, from: start + packet.headerLength, count: header.length)
        return isWhole && checksum.isValid
    }

    /// The same of a datagram over IPv6, which must have one (RFC 8200, 8.1).
    static func isRight(
        _ layer: LocalIPv6Packet.UpperLayer, of packet: IPv6Header, in mbuf: MbufReference,
        from start: Int
    ) -> Bool {
        let length = IPv6Header.byteCount + packet.payloadLength - layer.offset
        guard let header = UDPHeader(packet.bytes.dropFirst(layer.offset)),
            header.length >= UDPHeader.byteCount, header.length <= length, header.checksum != 0
        else { return false }
        var checksum = InternetChecksum(
            pseudoHeaderFrom: packet.source, to: packet.destination, protocol: .udp,
            length: header.length)
        let isWhole = checksum.add(mbuf, from: start + layer.offset, count: header.length)
        return isWhole && checksum.isValid
    }
}

extension InternetChecksum {
    /// Adds bytes of a frame, over all of its segments.
    /// - Returns: false where there are fewer.
    mutating func add(_ mbuf: MbufReference, from start: Int, count: Int) -> Bool {
        var (skipped, left) = (start, count)
        var next: MbufReference? = mbuf
        while let segment = next, left > 0 {
            let bytes = FrameBytes(segment.data, count: segment.dataLength)
                .dropFirst(skipped).prefix(left)
            skipped = max(0, skipped - segment.dataLength)
            add(bytes)
            left -= bytes.count
            next = segment.nextSegment
        }
        return left == 0
    }
}
