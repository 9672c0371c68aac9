// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The way from a worker to a port: its own transmit queue, a ring to whoever owns the queue, or
/// nowhere.
struct TransmitPath: @unchecked Sendable {
    enum Kind: UInt8 {
        /// The worker owns a transmit queue of the port.
        case queue
        /// Another worker owns the port's queue.
        case worker
        /// A collector outside the data plane takes the frames: for the port they are transmitted.
        case collector
        /// The port counts frames and forgets them.
        case discard
    }

    let kind: Kind
    let port: UInt16
    let queue: UInt16
    let ring: Ring?
    /// Whether a full ring is waited for: right in a replay, where the other side never loses.
    let waits: Bool

    /// Whether the device refuses the frame that it left in front, where it says so.
    var isRefusing: UnsafePointer<Bool>?

    /// Tries for each buffer.
    static let attempts = 8
    /// Frames in a row that a device may refuse, and still be told from one whose queue is full.
    static let mostRefused = 8

    /// Moves a buffer on as far as the way takes it at once; the rest stays in it.
    /// - Parameter bytes: of all frames in the buffer.
    @inline(__always) func flush(_ buffer: inout Burst, bytes: Int, _ tallies: Tallies) {
        // The usual way by a test: a switch would read a table that lies in no line that is at hand.
        guard kind == .queue else { return flushElsewhere(&buffer, bytes: bytes, tallies) }
        let sent = buffer.transmit(port: port, queue: queue)
        tallies.transmitted(port: port, frames: sent, bytes: bytes &- buffer.byteCount)
    }

    @inline(never)
    private func flushElsewhere(_ buffer: inout Burst, bytes: Int, _ tallies: Tallies) {
        switch kind {
        case .queue: break
        case .worker:
            let moved = ring.map { buffer.enqueue(on: $0) } ?? 0
            tallies.add(Tallies.Slot.txHandedOff, moved)
        case .collector:
            let moved = ring.map { buffer.enqueue(on: $0) } ?? 0
            tallies.transmitted(port: port, frames: moved, bytes: bytes &- buffer.byteCount)
        case .discard:
            let frames = buffer.count
            buffer.removeAll()
            tallies.transmitted(port: port, frames: frames, bytes: bytes)
        }
    }

    /// Moves a buffer on until it is empty: retries, then waits or drops.
    ///
    /// A driver says how many frames it took, not why it stopped: the queue may be full, or the frame in
    /// front one that the device never takes (net_tap and a frame shorter than an Ethernet header). After the
    /// tries the frames behind it decide: the device that takes one of them refuses those in front, which
    /// are dropped as `notSent`; otherwise all are, as `txQueueFull`. A device that is stuck costs 16 calls a
    /// buffer, one that refuses every second frame about 3 for two frames.
    func empty(_ buffer: inout Burst, _ tallies: Tallies, _ control: WorkerControl) {
        var attempt = 0
        var refuses = false
        while true {
            let before = buffer.count
            flush(&buffer, bytes: buffer.byteCount, tallies)
            if buffer.isEmpty { return }
            if let isRefusing, isRefusing.pointee {
                dropRefused(1, of: &buffer, tallies)
                if buffer.isEmpty { return }
                continue
            }
            attempt += 1
            if attempt < Self.attempts { continue }
            if waits, control.command != .stop {
                Idle.yield()
                continue
            }
            guard kind == .queue else { break }
            if buffer.count == before {
                guard passRefused(&buffer, tallies) else { break }
                if buffer.isEmpty { return }
                refuses = true
            } else {
                guard refuses else { break }
            }
        }
        let reason: DropReason =
            waits ? .shutdown : kind == .queue ? .txQueueFull : .transmitHandoffFull
        tallies.drop(buffer, by: .transmit, because: reason)
        buffer.removeAll()
    }

    /// Sends what is behind the frames in front, when the device takes any of it, and drops those.
    /// - Returns: false when it takes nothing; then all is as it was.
    @inline(never)
    private func passRefused(_ buffer: inout Burst, _ tallies: Tallies) -> Bool {
        var refused = 1
        while refused < min(buffer.count, Self.mostRefused + 1) {
            let bytes = buffer.byteCount
            let sent = buffer.transmit(port: port, queue: queue, past: refused)
            guard sent > 0 else {
                refused += 1
                continue
            }
            tallies.transmitted(port: port, frames: sent, bytes: bytes &- buffer.byteCount)
            dropRefused(refused, of: &buffer, tallies)
            return true
        }
        return false
    }

    @inline(never)
    private func dropRefused(_ count: Int, of buffer: inout Burst, _ tallies: Tallies) {
        for index in 0..<count {
            tallies.drop(buffer[index], by: .transmit, because: .notSent)
        }
        buffer.removeAndFreeFirst(count)
    }
}
