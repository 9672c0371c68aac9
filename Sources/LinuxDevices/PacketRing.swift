// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A packet socket of one interface with a ring of memory that it shares with the kernel: `TPACKET_V2` of
/// packet(7). Frames lie there as soon as the kernel has them; version 3 holds them back for a millisecond
/// and more.
///
/// Opened and closed by the control thread; one worker reads it in between.
struct PacketRing {
    let socket: Int32
    let base: UnsafeMutableRawPointer
    /// A power of two, so that slots follow each other without gaps.
    let slotBytes: Int
    let slotCount: Int
    /// The slot that the kernel fills next. The worker's.
    var next = 0

    static let ringBytes = 8 << 20
    /// What the kernel writes in front of a frame, with a margin.
    private static let slotHeaderBytes = 128

    /// - Parameters:
    ///   - mtu: frames of this MTU, tags included, fit into a slot. Longer ones come another way.
    /// - Throws: `LinuxError`; then nothing is left open.
    init(interface: NetworkInterface) throws(LinuxError) {
        // No protocol yet, so that nothing comes in before all is set.
        socket = Glibc.socket(
            AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw LinuxError("open a packet socket") }
        let slotBytes = Self.slotBytes(mtu: interface.mtu)
        self.slotBytes = slotBytes
        slotCount = Self.ringBytes / slotBytes
        do throws(LinuxError) {
            base = try Self.prepare(socket, slotBytes)
            try Self.bind(socket, to: interface.index)
        } catch {
            Glibc.close(socket)
            throw error
        }
    }

    static func slotBytes(mtu: Int) -> Int {
        let needed = slotHeaderBytes + EthernetSize.header + 2 * EthernetSize.tag + mtu
        var bytes = 2_048
        while bytes < needed { bytes *= 2 }
        return bytes
    }

    /// Sets everything that must be set before the first frame, and maps the ring.
    private static func prepare(
        _ socket: Int32, _ slotBytes: Int
    ) throws(LinuxError) -> UnsafeMutableRawPointer {
        try set(socket, PACKET_VERSION, Int32(TPACKET_V2.rawValue), "ask for TPACKET_V2")
        // Whether a checksum is complete, and whether a frame stands for several, is told in front of it.
        try set(socket, PACKET_VNET_HDR, 1, "ask for what frames stand for")
        // What this machine sends itself is none of ours.
        try set(socket, PACKET_IGNORE_OUTGOING, 1, "leave out what this machine sends")
        // What does not fit a slot waits in the socket's queue, whole.
        try set(socket, PACKET_COPY_THRESH, 1, "ask for frames that do not fit")
        try set(socket, SO_RCVBUFFORCE, 16 << 20, "enlarge the buffer", level: SOL_SOCKET)
        let blockBytes = max(65_536, slotBytes)
        var request = tpacket_req(
            tp_block_size: UInt32(blockBytes), tp_block_nr: UInt32(ringBytes / blockBytes),
            tp_frame_size: UInt32(slotBytes), tp_frame_nr: UInt32(ringBytes / slotBytes))
        guard
            setsockopt(
                socket, SOL_PACKET, PACKET_RX_RING, &request,
                socklen_t(MemoryLayout<tpacket_req>.size)) == 0
        else { throw LinuxError("make a ring of \(ringBytes >> 20) MB for received frames") }
        let mapped = mmap(
            nil, ringBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw LinuxError("map a ring of \(ringBytes >> 20) MB for received frames")
        }
        return mapped
    }

    static func set(
        _ socket: Int32, _ option: Int32, _ value: Int32, _ purpose: String,
        level: Int32 = SOL_PACKET
    ) throws(LinuxError) {
        var value = value
        guard setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
        else { throw LinuxError("\(purpose) (packet socket)") }
    }

    private static func bind(_ socket: Int32, to index: Int32) throws(LinuxError) {
        try PacketAddress.bind(socket, index, protocol: UInt16(ETH_P_ALL).bigEndian)
        for kind in [PACKET_MR_ALLMULTI] {
            try PacketAddress.setMembership(socket, index, kind, isMember: true)
        }
    }

    /// Whether the socket still hears the interface: the kernel unbinds it when the interface is deleted or
    /// moved to another namespace.
    func isBound(to index: Int32) -> Bool { PacketAddress.boundIndex(socket) == index }

    /// Frames that the kernel lost since the last call, since the ring was full: `PACKET_STATISTICS`.
    func takeLostFrames() -> UInt64 {
        var statistics = tpacket_stats()
        var length = socklen_t(MemoryLayout<tpacket_stats>.size)
        guard getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0 else {
            return 0
        }
        return UInt64(statistics.tp_drops)
    }

    /// No worker may use it any more.
    func close() {
        munmap(base, Self.ringBytes)
        Glibc.close(socket)
    }
}

/// Bytes of parts of a frame.
enum EthernetSize {
    static let addresses = 12
    static let header = 14
    static let tag = 4
    /// The longest frame that Linux makes: 64 KB of packet behind a header and tags.
    static let longest = 65_536 + header + 2 * tag
}
