// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The way from a worker to a port: its own transmit queue, a ring to whoever owns the queue, or
/// nowhere.
struct TransmitRoute: @unchecked Sendable {
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

    static let attempts = 8

    /// Moves a buffer on as far as the way takes it at once; the rest stays in it.
    /// - Parameter bytes: of all frames in the buffer.
    @inline(__always)
    func flush(_ buffer: inout Burst, bytes: Int, _ tallies: Tallies) {
        let frames = buffer.count
        switch kind {
        case .queue:
            let sent = buffer.transmit(port: port, queue: queue)
            tallies.transmitted(port: port, frames: sent, bytes: bytes &- buffer.byteCount)
        case .worker:
            let moved = ring.map { buffer.enqueue(on: $0) } ?? 0
            tallies.add(Tallies.Slot.txHandedOff, moved)
        case .collector:
            let moved = ring.map { buffer.enqueue(on: $0) } ?? 0
            tallies.transmitted(port: port, frames: moved, bytes: bytes &- buffer.byteCount)
        case .discard:
            buffer.removeAll()
            tallies.transmitted(port: port, frames: frames, bytes: bytes)
        }
    }

    /// Moves a buffer on until it is empty: retries, then waits or drops.
    func empty(_ buffer: inout Burst, _ tallies: Tallies, _ control: WorkerControl) {
        var attempt = 0
        while true {
            flush(&buffer, bytes: buffer.byteCount, tallies)
            if buffer.isEmpty { return }
            attempt += 1
            if attempt < Self.attempts { continue }
            if waits, control.command != .stop {
                Idle.yield()
                continue
            }
            break
        }
        let reason: DropReason = waits ? .shutdown : kind == .queue ? .txQueueFull : .handoffFull
        tallies.drop(buffer, by: .transmit, because: reason)
        buffer.removeAll()
    }
}
