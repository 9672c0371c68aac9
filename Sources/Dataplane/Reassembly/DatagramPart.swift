// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What a part of an IPv4 datagram says of itself (RFC 791, 3.2).
struct DatagramPart {
    /// Of which datagram: parts with the same addresses, protocol and identification belong together.
    struct Key: Equatable, BitwiseCopyable {
        let addresses: UInt64
        let rest: UInt32
    }

    let key: Key
    /// Where its bytes stand in the datagram, behind the header.
    let bytes: Range<Int>
    let isLast: Bool
    let headerLength: Int

    /// - Parameter packet: a fragment, whose header was validated.
    /// - Returns: nil for one that can be no part of a datagram: it is empty, it ends where no other can begin, or beyond the
    ///   longest datagram that there is.
    init?(_ packet: IPv4Header) {
        let count = packet.totalLength - packet.headerLength
        let start = packet.fragmentOffset
        isLast = !packet.moreFragments
        headerLength = packet.headerLength
        guard count > 0, isLast || count % 8 == 0,
            packet.headerLength + start + count <= Int(UInt16.max)
        else { return nil }
        bytes = start..<start + count
        key = Key(
            addresses: UInt64(packet.source.rawValue) << 32
                | UInt64(packet.destination.rawValue),
            rest: UInt32(packet.identification) << 8 | UInt32(packet.protocol.rawValue))
    }
}
