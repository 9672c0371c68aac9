// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Which of 128 buckets a frame's flow falls into: a hash over both endpoints in one order, so that both directions
/// fall into the same. Ports count for TCP, UDP and SCTP unless the packet is a fragment; a tunnel goes by its outer
/// header, and what is no IP packet by its MAC addresses.
///
/// `FrameSummary` says what the endpoints are. Most frames are plain (Ethernet, perhaps one tag, then IPv4 without
/// options, or IPv6 with its upper layer behind it) and are read at fixed places, to the same endpoints.
enum FlowBucket {
    static let count = 128

    /// - Parameter length: bytes that may be read from there.
    @inline(__always) static func of(_ frame: UnsafeMutableRawPointer, length: Int) -> Int {
        guard length >= 38 else { return ofAny(frame, length) }
        var offset = 12
        var type = field16(frame, offset)
        if type == 0x8100 || type == 0x88a8 {
            offset = 16
            type = field16(frame, offset)
        }
        let packet = frame + (offset &+ 2)
        let left = length &- (offset &+ 2)
        // A length of its own that leaves out the ports is for the definition.
        if type == 0x0800, packet.load(as: UInt8.self) == 0x45, left >= 24,
            field16(packet, 2) >= 24
        {
            return ofPlainIPv4(packet)
        }
        if type == 0x86dd, packet.load(as: UInt8.self) >> 4 == 6, left >= 44,
            field16(packet, 4) >= 4, hasPorts(packet.load(fromByteOffset: 6, as: UInt8.self))
        {
            return ofPlainIPv6(packet)
        }
        return ofAny(frame, length)
    }

    @inline(__always) private static func ofPlainIPv4(_ packet: UnsafeMutableRawPointer) -> Int {
        var ports: UInt32 = 0
        // Neither an offset nor more fragments to come.
        if field16(packet, 6) & 0x3fff == 0,
            hasPorts(packet.load(fromByteOffset: 9, as: UInt8.self))
        {
            ports = field32(packet, 20)
        }
        return of(
            UInt64(field32(packet, 12)) &<< 16 | UInt64(ports &>> 16),
            UInt64(field32(packet, 16)) &<< 16 | UInt64(ports & 0xffff))
    }

    @inline(__always) private static func ofPlainIPv6(_ packet: UnsafeMutableRawPointer) -> Int {
        of(
            endpoint(field64(packet, 8), field64(packet, 16), field16(packet, 40)),
            endpoint(field64(packet, 24), field64(packet, 32), field16(packet, 42)))
    }

    @inline(never) private static func ofAny(
        _ frame: UnsafeMutableRawPointer, _ length: Int
    ) -> Int {
        of(FrameSummary(FrameBytes(frame, count: length)).flow)
    }

    /// By the definition: what is read at fixed places must come to the same.
    static func of(_ flow: FlowKey) -> Int {
        of(
            endpoint(flow.first.addressHigh, flow.first.addressLow, flow.first.port),
            endpoint(flow.second.addressHigh, flow.second.addressLow, flow.second.port))
    }

    /// An IPv4 or MAC address has its 16 bits for the port; of an IPv6 address all bits count.
    @inline(__always) private static func endpoint(
        _ high: UInt64, _ low: UInt64, _ port: UInt16
    ) -> UInt64 {
        (low &<< 16 | low &>> 48) ^ UInt64(port) ^ (high == 0 ? 0 : SplitMix.finalise(high))
    }

    @inline(__always) private static func of(_ one: UInt64, _ other: UInt64) -> Int {
        let mixed = SplitMix.finalise((min(one, other) &* SplitMix.step) ^ max(one, other))
        return Int(truncatingIfNeeded: mixed &>> 57)
    }

    @inline(__always) private static func hasPorts(_ ipProtocol: UInt8) -> Bool {
        ipProtocol == 6 || ipProtocol == 17 || ipProtocol == 132
    }

    @inline(__always) private static func field16(
        _ bytes: UnsafeMutableRawPointer, _ offset: Int
    ) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always) private static func field32(
        _ bytes: UnsafeMutableRawPointer, _ offset: Int
    ) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always) private static func field64(
        _ bytes: UnsafeMutableRawPointer, _ offset: Int
    ) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
