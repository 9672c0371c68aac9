// SPDX-License-Identifier: Apache-2.0

import CLinux
import DPDK
import Glibc
import PacketHeaders

/// A frame that stands for several, as a sender's kernel hands it down for its card to take apart (TSO, USO).
/// On a veth pair or a virtual machine's network no card does; here it becomes the frames that a wire would
/// have carried. Worker's thread; allocates only when it is made.
///
/// Linux's `tcp_gso_segment` and `__udp_gso_segment` are the model: all segments have the same headers but
/// for lengths, identification, sequence number, flags and checksums.
struct SuperFrame: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    /// The first byte of the frame.
    private var bytes: UnsafeMutableRawPointer
    /// Bytes of the frame that are still to be handed on; 0 when there is none.
    private(set) var length = 0
    private var networkOffset = 0
    private var transportOffset = 0
    private var checksumOffset = 0
    private(set) var headerLength = 0
    private var segmentSize = 0
    private var isIPv4 = false
    private var isTCP = false
    /// Where the next segment's payload begins.
    private var position = 0
    private var segmentIndex = 0
    /// What the headers of the whole frame say where segments differ.
    private var whole = (
        identification: UInt16(0), sequence: UInt32(0), flags: UInt8(0), pseudoHeader: UInt16(0)
    )

    init() {
        bytes = .allocate(byteCount: EthernetSize.longest, alignment: 64)
        memory = bytes
    }

    deinit { memory.deallocate() }

    var isPending: Bool { length > 0 }

    /// Where a frame is put before ``begin(length:_:)``, with room for a VLAN tag in front of it.
    var place: UnsafeMutableRawPointer { memory + EthernetSize.tag }
    /// Bytes that fit there.
    static let capacity = EthernetSize.longest - EthernetSize.tag

    /// Takes a frame apart.
    /// - Parameters:
    ///   - frame: at ``place``, or a tag's length in front of it.
    ///   - length: of all of it.
    ///   - facts: what the kernel says of it, counted from its first byte.
    /// - Returns: false when the headers are not what the kernel says they are.
    mutating func begin(
        _ frame: UnsafeMutableRawPointer, length: Int, _ facts: virtio_net_hdr
    ) -> Bool {
        bytes = frame
        let kind = Int32(facts.gso_type) & ~VIRTIO_NET_HDR_GSO_ECN
        isTCP = kind == VIRTIO_NET_HDR_GSO_TCPV4 || kind == VIRTIO_NET_HDR_GSO_TCPV6
        guard isTCP || kind == clinux_gso_udp,
            Int32(facts.flags) & VIRTIO_NET_HDR_F_NEEDS_CSUM != 0, facts.gso_size > 0,
            length <= EthernetSize.longest
        else { return false }
        transportOffset = Int(facts.csum_start)
        checksumOffset = transportOffset + Int(facts.csum_offset)
        guard checksumOffset == transportOffset + (isTCP ? 16 : 6),
            transportOffset + (isTCP ? 20 : 8) <= length, findNetworkHeader()
        else { return false }
        headerLength = transportOffset + (isTCP ? Int(byte(transportOffset + 12) >> 4) * 4 : 8)
        let least = transportOffset + (isTCP ? 20 : 8)
        guard headerLength >= least, headerLength <= 512, headerLength < length else {
            return false
        }
        segmentSize = Int(facts.gso_size)
        position = headerLength
        segmentIndex = 0
        self.length = length
        noteWhatSegmentsDifferIn()
        return true
    }

    /// Kept apart, since each segment's headers are written over those of the whole frame.
    private mutating func noteWhatSegmentsDifferIn() {
        whole.identification = isIPv4 ? word(networkOffset + 4) : 0
        if isTCP {
            whole.sequence =
                UInt32(word(transportOffset + 4)) << 16 | UInt32(word(transportOffset + 6))
            whole.flags = byte(transportOffset + 13)
        }
        whole.pseudoHeader = word(checksumOffset)
    }

    /// Looks behind tags that stand in the frame for an IP header in front of the transport header.
    private mutating func findNetworkHeader() -> Bool {
        var offset = EthernetSize.addresses
        while offset + 2 <= transportOffset {
            let type = EtherType(rawValue: word(offset))
            offset += 2
            switch type {
            case .vlan, .serviceVLAN: offset += 2
            case .ipv4, .ipv6:
                networkOffset = offset
                isIPv4 = type == .ipv4
                return offset + (isIPv4 ? 20 : 40) <= transportOffset
            default: return false
            }
        }
        return false
    }

    /// Hands the next segments on, as many as there is room for.
    mutating func emit(into frames: inout ReceivedFrames, from pool: Mempool) {
        while isPending, !frames.isFull {
            guard appendSegment(to: &frames, from: pool) else { break }
        }
    }

    private mutating func appendSegment(
        to frames: inout ReceivedFrames, from pool: Mempool
    ) -> Bool {
        let payload = UnsafeRawBufferPointer(
            start: bytes + position, count: min(segmentSize, length &- position))
        writeHeaders(payload)
        guard
            frames.append(
                UnsafeRawBufferPointer(start: bytes, count: headerLength), payload, from: pool)
        else { return false }
        position &+= payload.count
        segmentIndex &+= 1
        if position >= length { length = 0 }
        return true
    }

    /// Makes the headers at the beginning of the buffer those of the segment.
    private mutating func writeHeaders(_ payload: UnsafeRawBufferPointer) {
        writeNetworkHeader(payload.count)
        let isLast = position &+ payload.count >= length
        if isTCP {
            let sequence = whole.sequence &+ UInt32(truncatingIfNeeded: position &- headerLength)
            set(transportOffset + 4, UInt16(truncatingIfNeeded: sequence >> 16))
            set(transportOffset + 6, UInt16(truncatingIfNeeded: sequence))
            // Only the last may end or push, only the first tells that the window shrank.
            var flags = whole.flags
            if !isLast { flags &= ~0x09 }
            if segmentIndex > 0 { flags &= ~0x80 }
            bytes.storeBytes(of: flags, toByteOffset: transportOffset + 13, as: UInt8.self)
        } else {
            set(transportOffset + 4, UInt16(truncatingIfNeeded: 8 &+ payload.count))
        }
        writeChecksum(payload)
    }

    private func writeNetworkHeader(_ payloadLength: Int) {
        let end = headerLength &+ payloadLength
        guard isIPv4 else {
            return set(networkOffset + 4, UInt16(truncatingIfNeeded: end - networkOffset - 40))
        }
        set(networkOffset + 2, UInt16(truncatingIfNeeded: end - networkOffset))
        set(networkOffset + 4, whole.identification &+ UInt16(truncatingIfNeeded: segmentIndex))
        set(networkOffset + 10, 0)
        let header = min(Int(byte(networkOffset) & 0x0f) * 4, transportOffset - networkOffset)
        set(
            networkOffset + 10,
            InternetChecksum.of(FrameBytes(bytes + networkOffset, count: header)))
    }

    /// The field of the whole frame holds the sum of its pseudo header: with another length it is that of
    /// the segment.
    private func writeChecksum(_ payload: UnsafeRawBufferPointer) {
        set(checksumOffset, 0)
        var checksum = InternetChecksum()
        checksum.add(whole.pseudoHeader)
        checksum.add(~UInt16(truncatingIfNeeded: length &- transportOffset))
        checksum.add(UInt16(truncatingIfNeeded: headerLength &- transportOffset &+ payload.count))
        checksum.add(
            FrameBytes(bytes + transportOffset, count: headerLength &- transportOffset))
        if let base = payload.baseAddress {
            checksum.add(FrameBytes(base, count: payload.count))
        }
        set(checksumOffset, isTCP ? checksum.value : checksum.valueForUDP)
    }

    private func byte(_ offset: Int) -> UInt8 { bytes.load(fromByteOffset: offset, as: UInt8.self) }

    private func word(_ offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    private func set(_ offset: Int, _ value: UInt16) {
        bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }
}
