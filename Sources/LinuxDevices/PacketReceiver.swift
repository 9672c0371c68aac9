// SPDX-License-Identifier: Apache-2.0

import CLinux
import DPDK
import Glibc
import PacketHeaders
import Synchronization

/// Brings the frames of a ``PacketRing`` in for one queue of a port, each as it would have been on a wire:
/// VLAN tags, which Linux keeps beside frames, are put back; checksums that a sender left to its card are
/// finished; what stands for several frames becomes these. One worker's thread.
struct PacketReceiver: ~Copyable {
    /// A `PacketRing` is lent, whose `next` is the worker's.
    let gate: UnsafeMutablePointer<DeviceGate>
    let tallies: UnsafeMutablePointer<DeviceTallies>
    private let pool: Mempool
    private var superFrame = SuperFrame()

    init(
        _ gate: UnsafeMutablePointer<DeviceGate>, _ tallies: UnsafeMutablePointer<DeviceTallies>,
        _ pool: Mempool
    ) {
        self.gate = gate
        self.tallies = tallies
        self.pool = pool
    }

    /// What DPDK calls; the context is a `PacketReceiver`.
    static let function: Port.ReceiveFunction = { port, _, mbufs, count, capacity, context in
        guard let mbufs, let context else { return count }
        var frames = ReceivedFrames(mbufs, count: count, capacity: capacity, port: port)
        let receiver = context.assumingMemoryBound(to: PacketReceiver.self)
        receiver.pointee.receive(into: &frames)
        return UInt16(truncatingIfNeeded: frames.count)
    }

    private mutating func receive(into frames: inout ReceivedFrames) {
        if let lent = gate.pointee.enter() {
            let before = frames.count
            receive(from: lent.assumingMemoryBound(to: PacketRing.self), into: &frames)
            let received = frames.count &- before
            if received > 0 { DeviceTallies.add(received, to: tallies.pointee.received) }
        }
        gate.pointee.leave()
    }

    private mutating func receive(
        from ring: UnsafeMutablePointer<PacketRing>, into frames: inout ReceivedFrames
    ) {
        if superFrame.isPending { superFrame.emit(into: &frames, from: pool) }
        while !frames.isFull, !superFrame.isPending {
            let slot = ring.pointee.base + ring.pointee.next &* ring.pointee.slotBytes
            let status = slot.assumingMemoryBound(to: Atomic<UInt32>.self)
            let flags = Int32(
                bitPattern: status.pointee.load(ordering: .acquiring))
            guard flags & TP_STATUS_USER != 0 else { return }
            take(slot, flags, ring.pointee.socket, &frames)
            status.pointee.store(UInt32(TP_STATUS_KERNEL), ordering: .releasing)
            let next = ring.pointee.next &+ 1
            ring.pointee.next = next == ring.pointee.slotCount ? 0 : next
        }
    }

    /// Takes the frame of a slot.
    @inline(__always) private mutating func take(
        _ slot: UnsafeMutableRawPointer, _ flags: Int32, _ socket: Int32,
        _ frames: inout ReceivedFrames
    ) {
        let header = slot.assumingMemoryBound(to: tpacket2_hdr.self).pointee
        let frame = slot + Int(header.tp_mac)
        let facts = (frame - MemoryLayout<virtio_net_hdr>.size).loadUnaligned(
            as: virtio_net_hdr.self)
        let tag = Self.tag(header, flags)
        if header.tp_snaplen == header.tp_len, facts.gso_type == 0 {
            var length = Int(header.tp_len)
            if Int32(facts.flags) & VIRTIO_NET_HDR_F_NEEDS_CSUM != 0 {
                Self.finishChecksum(frame, length, facts)
            }
            var start = frame
            if let tag, length >= EthernetSize.addresses {
                start = Self.insert(tag, into: frame)
                length &+= EthernetSize.tag
            }
            return append(start, length, to: &frames)
        }
        takeLong(header, flags, frame, facts, tag, socket, &frames)
    }

    /// A frame that stands for several, or that did not fit its slot.
    @inline(never)
    private mutating func takeLong(
        _ header: tpacket2_hdr, _ flags: Int32, _ frame: UnsafeMutableRawPointer,
        _ facts: virtio_net_hdr, _ tag: UInt32?, _ socket: Int32, _ frames: inout ReceivedFrames
    ) {
        var facts = facts
        var length = Int(header.tp_len)
        guard length >= EthernetSize.header, length <= SuperFrame.capacity else {
            return DeviceTallies.add(1, to: tallies.pointee.inseparable)
        }
        if header.tp_snaplen == header.tp_len {
            superFrame.place.copyMemory(from: frame, byteCount: length)
        } else {
            // Its bytes are in the queue of the socket, unless that was full.
            guard flags & TP_STATUS_COPY != 0, let whole = readWhole(socket, &facts) else {
                return DeviceTallies.add(1, to: tallies.pointee.cutOff)
            }
            length = whole
        }
        var start = superFrame.place
        if Int32(facts.flags) & VIRTIO_NET_HDR_F_NEEDS_CSUM != 0, facts.gso_type == 0 {
            Self.finishChecksum(start, length, facts)
        }
        if let tag {
            start = Self.insert(tag, into: start)
            length &+= EthernetSize.tag
            facts.csum_start &+= UInt16(EthernetSize.tag)
        }
        if facts.gso_type == 0 {
            append(start, length, to: &frames)
        } else if superFrame.begin(start, length: length, facts) {
            superFrame.emit(into: &frames, from: pool)
        } else {
            DeviceTallies.add(1, to: tallies.pointee.inseparable)
        }
    }

    /// A frame for which the pool has too few buffers is lost, as it is with a card.
    @inline(__always) private func append(
        _ start: UnsafeMutableRawPointer, _ length: Int, to frames: inout ReceivedFrames
    ) {
        if !frames.append(UnsafeRawBufferPointer(start: start, count: length), from: pool) {
            DeviceTallies.add(1, to: tallies.pointee.withoutBuffer)
        }
    }

    /// Reads the next frame that did not fit its slot.
    /// - Returns: its length; nil when there is none.
    private func readWhole(_ socket: Int32, _ facts: inout virtio_net_hdr) -> Int? {
        withUnsafeMutableBytes(of: &facts) { facts in
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts in
                parts[0] = iovec(iov_base: facts.baseAddress, iov_len: facts.count)
                parts[1] = iovec(iov_base: superFrame.place, iov_len: SuperFrame.capacity)
                var message = msghdr()
                message.msg_iov = parts.baseAddress
                message.msg_iovlen = 2
                let read = recvmsg(socket, &message, Int32(MSG_DONTWAIT))
                let length = read - facts.count
                return length >= EthernetSize.header
                    && message.msg_flags & Int32(MSG_TRUNC) == 0 ? length : nil
            }
        }
    }

    /// A VLAN tag beside the frame, as it lies on the wire.
    @inline(__always) private static func tag(_ header: tpacket2_hdr, _ flags: Int32) -> UInt32? {
        guard flags & TP_STATUS_VLAN_VALID != 0 else { return nil }
        let type =
            flags & TP_STATUS_VLAN_TPID_VALID != 0
            ? header.tp_vlan_tpid : EtherType.vlan.rawValue
        return (UInt32(type) << 16 | UInt32(header.tp_vlan_tci)).bigEndian
    }

    /// Puts a tag behind the MAC addresses, which move to the front.
    /// - Returns: where the frame begins now: a tag's length in front of where it began.
    @inline(__always) private static func insert(
        _ tag: UInt32, into frame: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let start = frame - EthernetSize.tag
        memmove(start, frame, EthernetSize.addresses)
        start.storeBytes(of: tag, toByteOffset: EthernetSize.addresses, as: UInt32.self)
        return start
    }

    /// The field holds the sum of what does not stand behind its header; the rest is added here, as a card
    /// does (`CHECKSUM_PARTIAL` of Linux).
    private static func finishChecksum(
        _ frame: UnsafeMutableRawPointer, _ length: Int, _ facts: virtio_net_hdr
    ) {
        let start = Int(facts.csum_start)
        let field = start &+ Int(facts.csum_offset)
        guard field &+ 2 <= length else { return }
        let checksum = InternetChecksum.of(FrameBytes(frame + start, count: length &- start))
        // 0 would say that there is none (RFC 768); for TCP both mean the same.
        let value = checksum == 0 ? 0xffff : checksum
        frame.storeBytes(of: value.bigEndian, toByteOffset: field, as: UInt16.self)
    }
}
