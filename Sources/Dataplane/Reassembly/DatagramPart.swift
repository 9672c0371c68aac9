// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// A part of a datagram that is for us: which one it belongs to, and which of its bytes it has.
struct DatagramPart {
    /// Of which datagram: parts with the same addresses and identification belong together, and in IPv4 with the same protocol
    /// (RFC 791, 3.2; RFC 8200, 4.5).
    struct Key: Equatable, BitwiseCopyable {
        let source: IPAddress
        let destination: IPAddress
        let identification: UInt32
        let `protocol`: UInt8
        /// The number of the VRF that it is in.
        let vrf: UInt16

        /// Of no datagram.
        static let none = Key(
            source: IPAddress(high: 0, low: 0), destination: IPAddress(high: 0, low: 0),
            identification: 0, protocol: 0, vrf: 0)
    }

    let key: Key
    /// Where its bytes stand in the datagram, behind the headers that each part has.
    let bytes: Range<Int>
    let isLast: Bool
    /// What counts of these headers for the length that a datagram may have.
    let headerLength: Int
    /// Explicit congestion notification: 0 where the sender cannot be told, 3 where something on the way says that there was
    /// congestion (RFC 3168, 5).
    let ecn: UInt8

    /// - Parameter packet: a fragment, whose header was validated.
    /// - Returns: nil for one that can be no part of a datagram: it is empty, it ends where no other can begin, or beyond the
    ///   longest datagram that there is.
    init?(_ packet: IPv4Header, vrf: UInt16 = 0) {
        self.init(
            Key(
                source: IPAddress(packet.source), destination: IPAddress(packet.destination),
                identification: UInt32(packet.identification),
                protocol: packet.protocol.rawValue, vrf: vrf),
            from: packet.fragmentOffset, count: packet.totalLength - packet.headerLength,
            isLast: !packet.moreFragments, headerLength: packet.headerLength,
            ecn: packet.congestionNotification)
    }

    /// - Parameter header: where the fragment header begins in the packet.
    init?(_ packet: IPv6Header, fragmentHeader header: Int, vrf: UInt16 = 0) {
        guard let word = packet.bytes.uint32(at: header),
            let identification = packet.bytes.uint32(at: header + 4)
        else { return nil }
        self.init(
            Key(
                source: IPAddress(packet.source), destination: IPAddress(packet.destination),
                identification: identification, protocol: 0, vrf: vrf),
            from: Int(word & 0xfff8),
            count: IPv6Header.byteCount + packet.payloadLength - header - 8,
            isLast: word & 1 == 0, headerLength: header - IPv6Header.byteCount,
            ecn: packet.trafficClass & 3)
    }

    private init?(
        _ key: Key, from start: Int, count: Int, isLast: Bool, headerLength: Int, ecn: UInt8
    ) {
        guard count > 0, isLast || count % 8 == 0,
            headerLength + start + count <= Int(UInt16.max)
        else { return nil }
        self.key = key
        bytes = start..<start + count
        self.isLast = isLast
        self.headerLength = headerLength
        self.ecn = ecn
    }

    /// What is wrong with one of IPv6 that is none (RFC 8200, 4.5).
    static func problem(
        _ packet: IPv6Header, fragmentHeader header: Int
    ) -> LocalIPv6Packet.Problem? {
        guard let word = packet.bytes.uint32(at: header) else { return nil }
        let count = IPv6Header.byteCount + packet.payloadLength - header - 8
        if word & 1 != 0, count % 8 != 0 {
            // The payload length.
            return LocalIPv6Packet.Problem(code: 0, pointer: 4)
        }
        let end = header - IPv6Header.byteCount + Int(word & 0xfff8) + count
        return end > Int(UInt16.max) ? LocalIPv6Packet.Problem(code: 0, pointer: header + 2) : nil
    }
}
