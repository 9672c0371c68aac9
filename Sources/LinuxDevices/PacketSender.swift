// SPDX-License-Identifier: Apache-2.0

import CLinux
import DPDK
import Glibc

/// Sends the frames of one queue of a port through a packet socket, up to a burst in one system call. Each
/// frame that the kernel did not take stays with the worker: nothing counts as sent that was not. One
/// worker's thread.
struct PacketSender: ~Copyable {
    /// A ``Link`` is lent.
    let gate: UnsafeMutablePointer<DeviceGate>
    let tallies: UnsafeMutablePointer<DeviceTallies>
    /// Whether Linux refuses the frame that is left in front, for good.
    private let isRefusing: UnsafeMutablePointer<Bool>
    private let messages: UnsafeMutablePointer<clinux_message>
    private let parts: UnsafeMutablePointer<iovec>

    private static let mostMessages = 64
    /// A frame of 64 KB in buffers of 2 KB, the smallest there are, takes 33.
    private static let mostParts = 256

    /// What a worker sends with.
    struct Link {
        let socket: Int32
    }

    init(
        _ gate: UnsafeMutablePointer<DeviceGate>, _ tallies: UnsafeMutablePointer<DeviceTallies>,
        _ isRefusing: UnsafeMutablePointer<Bool>
    ) {
        self.gate = gate
        self.tallies = tallies
        self.isRefusing = isRefusing
        messages = .allocate(capacity: Self.mostMessages)
        messages.initialize(repeating: clinux_message(), count: Self.mostMessages)
        parts = .allocate(capacity: Self.mostParts)
        parts.initialize(repeating: iovec(), count: Self.mostParts)
    }

    deinit {
        messages.deallocate()
        parts.deallocate()
    }

    /// Opens a socket that sends on an interface, past queueing disciplines, which would take frames and
    /// drop them later without a word.
    static func open(_ index: Int32) throws(LinuxError) -> Int32 {
        let socket = socket(
            AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw LinuxError("open a packet socket") }
        do throws(LinuxError) {
            try PacketRing.set(socket, PACKET_QDISC_BYPASS, 1, "pass queueing disciplines by")
            try PacketRing.set(
                socket, SO_SNDBUFFORCE, 8 << 20, "enlarge the buffer", level: SOL_SOCKET)
            try PacketAddress.bind(socket, index, protocol: 0)
        } catch {
            close(socket)
            throw error
        }
        return socket
    }

    /// What DPDK calls; the context is a `PacketSender`.
    static let function: Port.TransmitFunction = { _, _, mbufs, count, context in
        guard let mbufs, let context else { return 0 }
        let sender = context.assumingMemoryBound(to: PacketSender.self)
        return sender.pointee.send(OutgoingFrames(mbufs, count: count))
    }

    private func send(_ frames: OutgoingFrames) -> UInt16 {
        var sent = 0
        // Without an interface nothing can be sent, and nothing waits.
        var isRefused = true
        if let lent = gate.pointee.enter() {
            let socket = lent.assumingMemoryBound(to: Link.self).pointee.socket
            isRefused = false
            while sent < frames.count {
                let prepared = prepare(frames, from: sent)
                let taken = Int(
                    clinux_send_messages(socket, messages, UInt32(prepared), Int32(MSG_DONTWAIT)))
                guard taken > 0 else {
                    // A full queue takes it later.
                    isRefused = errno != EAGAIN && errno != ENOBUFS
                    break
                }
                sent &+= taken
            }
        }
        gate.pointee.leave()
        isRefusing.pointee = isRefused
        if isRefused { DeviceTallies.add(1, to: tallies.pointee.refused) }
        return UInt16(truncatingIfNeeded: sent)
    }

    /// Describes the next frames to the kernel.
    /// - Returns: how many.
    @inline(__always) private func prepare(_ frames: OutgoingFrames, from first: Int) -> Int {
        var used = 0
        var prepared = 0
        while first &+ prepared < frames.count, prepared < Self.mostMessages {
            let mbuf = frames[first &+ prepared]
            guard used &+ mbuf.segmentCount <= Self.mostParts else { break }
            messages[prepared].header.msg_iov = parts + used
            messages[prepared].header.msg_iovlen = mbuf.segmentCount
            var segment: MbufReference? = mbuf
            while let part = segment {
                parts[used] = iovec(iov_base: part.data, iov_len: part.dataLength)
                used &+= 1
                segment = part.nextSegment
            }
            prepared &+= 1
        }
        return prepared
    }
}
