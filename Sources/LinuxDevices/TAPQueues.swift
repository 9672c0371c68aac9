// SPDX-License-Identifier: Apache-2.0

import CLinux
import DPDK
import Glibc

/// What workers read and write a TAP with.
struct TAPLink {
    let descriptor: Int32
}

/// Brings in what Linux sends into a TAP: a system call for each frame. One worker's thread.
struct TAPReceiver: ~Copyable {
    /// A ``TAPLink`` is lent.
    let gate: UnsafeMutablePointer<DeviceGate>
    let tallies: UnsafeMutablePointer<DeviceTallies>
    private let pool: Mempool
    private let buffer = UnsafeMutableRawPointer.allocate(
        byteCount: EthernetSize.longest, alignment: 64)
    /// The time stamp counter until which a TAP that was empty is left alone.
    private var restUntil: UInt64 = 0
    private let rest: UInt64

    /// How long an empty TAP is left alone: asking costs as much as ten frames of another port.
    private static let restMicroseconds: UInt64 = 5

    init(
        _ gate: UnsafeMutablePointer<DeviceGate>, _ tallies: UnsafeMutablePointer<DeviceTallies>,
        _ pool: Mempool
    ) {
        self.gate = gate
        self.tallies = tallies
        self.pool = pool
        rest = TimestampCounter.frequency / 1_000_000 * Self.restMicroseconds
    }

    deinit { buffer.deallocate() }

    /// What DPDK calls; the context is a `TAPReceiver`.
    static let function: Port.ReceiveFunction = { port, _, mbufs, count, capacity, context in
        guard let mbufs, let context else { return count }
        var frames = ReceivedFrames(mbufs, count: count, capacity: capacity, port: port)
        context.assumingMemoryBound(to: TAPReceiver.self).pointee.receive(into: &frames)
        return UInt16(truncatingIfNeeded: frames.count)
    }

    private mutating func receive(into frames: inout ReceivedFrames) {
        guard TimestampCounter.now >= restUntil else { return }
        if let lent = gate.pointee.enter() {
            let descriptor = lent.assumingMemoryBound(to: TAPLink.self).pointee.descriptor
            let before = frames.count
            while !frames.isFull {
                let length = read(descriptor, buffer, EthernetSize.longest)
                guard length > 0 else {
                    restUntil = TimestampCounter.now &+ rest
                    break
                }
                let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
                if !frames.append(bytes, from: pool) {
                    DeviceTallies.add(1, to: tallies.pointee.withoutBuffer)
                }
            }
            let received = frames.count &- before
            if received > 0 { DeviceTallies.add(received, to: tallies.pointee.received) }
        }
        gate.pointee.leave()
    }
}

/// Gives frames to Linux through a TAP: a system call for each. One worker's thread; several may write to one
/// TAP.
struct TAPSender: ~Copyable {
    /// A ``TAPLink`` is lent.
    let gate: UnsafeMutablePointer<DeviceGate>
    let tallies: UnsafeMutablePointer<DeviceTallies>
    /// Whether Linux refuses the frame that is left in front, for good.
    private let isRefusing: UnsafeMutablePointer<Bool>
    private let parts: UnsafeMutablePointer<iovec>

    /// A frame of 64 KB in buffers of 2 KB takes 33.
    private static let mostParts = 64

    init(
        _ gate: UnsafeMutablePointer<DeviceGate>, _ tallies: UnsafeMutablePointer<DeviceTallies>,
        _ isRefusing: UnsafeMutablePointer<Bool>
    ) {
        self.gate = gate
        self.tallies = tallies
        self.isRefusing = isRefusing
        parts = .allocate(capacity: Self.mostParts)
        parts.initialize(repeating: iovec(), count: Self.mostParts)
    }

    deinit { parts.deallocate() }

    /// What DPDK calls; the context is a `TAPSender`.
    static let function: Port.TransmitFunction = { _, _, mbufs, count, context in
        guard let mbufs, let context else { return 0 }
        return context.assumingMemoryBound(to: TAPSender.self).pointee.send(
            OutgoingFrames(mbufs, count: count))
    }

    private func send(_ frames: OutgoingFrames) -> UInt16 {
        var sent = 0
        if let lent = gate.pointee.enter() {
            let descriptor = lent.assumingMemoryBound(to: TAPLink.self).pointee.descriptor
            while sent < frames.count, write(frames[sent], to: descriptor) { sent &+= 1 }
        }
        gate.pointee.leave()
        // A TAP has no queue that could be full.
        isRefusing.pointee = sent < frames.count
        if sent < frames.count { DeviceTallies.add(1, to: tallies.pointee.refused) }
        return UInt16(truncatingIfNeeded: sent)
    }

    private func write(_ mbuf: MbufReference, to descriptor: Int32) -> Bool {
        var used = 0
        var segment: MbufReference? = mbuf
        while let part = segment {
            guard used < Self.mostParts else { return false }
            parts[used] = iovec(iov_base: part.data, iov_len: part.dataLength)
            used &+= 1
            segment = part.nextSegment
        }
        return writev(descriptor, parts, Int32(used)) >= 0
    }
}
