// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What stands behind the header of a packet for us: its extension headers, as who receives them has to take them
/// (RFC 8200, 4).
enum LocalIPv6Packet {
    struct UpperLayer {
        let `protocol`: IPProtocol
        /// Where it begins, and where the byte stands that names it: in bytes from the start of the packet.
        let offset: Int
        let namedAt: Int
        /// Whether the packet has a fragment header, although it is whole (RFC 6946).
        let isAtomicFragment: Bool
    }

    /// What its source is told of (RFC 4443, 3.4).
    struct Problem {
        /// 0 for a wrong field, 1 for an unknown header, 2 for an unknown option.
        let code: UInt8
        /// The byte of the packet that is wrong.
        let pointer: Int
    }

    enum End {
        case upperLayer(UpperLayer)
        /// It is a part of a datagram.
        case fragment(header: Int, namedAt: Int)
        case problem(Problem)
        /// Dropped without a word.
        case discarded
    }

    /// Bytes behind the start of the packet that are looked at: no longer chain is taken.
    static let mostBytes = 512
    private static let mostHeaders = 8

    /// - Parameter packet: its header was validated.
    static func end(of packet: IPv6Header) -> End {
        let bytes = packet.bytes.prefix(IPv6Header.byteCount + packet.payloadLength)
        var next = packet.nextHeader
        var (offset, namedAt) = (IPv6Header.byteCount, 6)
        var isAtomic = false
        for count in 0..<mostHeaders {
            switch next {
            case .hopByHop where count > 0:
                return .problem(Problem(code: 1, pointer: namedAt))
            case .hopByHop, .destinationOptions, .routing, .fragment:
                guard let word = bytes.uint32(at: offset) else { return .discarded }
                let length = next == .fragment ? 8 : (Int(word >> 16 & 0xff) + 1) * 8
                guard offset + length <= bytes.count else { return .discarded }
                if next == .fragment {
                    if word & 0xfff9 != 0 { return .fragment(header: offset, namedAt: namedAt) }
                    isAtomic = true
                } else if next == .routing {
                    // Segments are left, and no type of them is known (RFC 5095; RFC 8200, 4.4).
                    if word & 0xff != 0 {
                        return .problem(Problem(code: 0, pointer: offset + 2))
                    }
                } else if let end = fault(
                    in: bytes, offset + 2..<offset + length,
                    isForMany: packet.destination.isMulticast)
                {
                    return end
                }
                next = IPProtocol(rawValue: UInt8(truncatingIfNeeded: word >> 24))
                namedAt = offset
                offset += length
            default:
                return .upperLayer(
                    UpperLayer(
                        protocol: next, offset: offset, namedAt: namedAt,
                        isAtomicFragment: isAtomic))
            }
        }
        return .discarded
    }

    /// The first of some options that is not to be passed over (RFC 8200, 4.2).
    private static func fault(
        in packet: FrameBytes, _ options: Range<Int>, isForMany: Bool
    ) -> End? {
        var place = options.lowerBound
        while place < options.upperBound {
            guard let type = packet.uint8(at: place) else { return .discarded }
            if type == 0 {
                place += 1
                continue
            }
            guard let length = packet.uint8(at: place + 1),
                place + 2 + Int(length) <= options.upperBound
            else { return .problem(Problem(code: 0, pointer: place)) }
            // The upper two bits say what becomes of an option that is not known; padding has none of them.
            switch type >> 6 {
            case 1: return .discarded
            case 2: return .problem(Problem(code: 2, pointer: place))
            case 3: return isForMany ? .discarded : .problem(Problem(code: 2, pointer: place))
            default: place += 2 + Int(length)
            }
        }
        return nil
    }
}
