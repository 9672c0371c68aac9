// SPDX-License-Identifier: Apache-2.0

import DPDK

/// A worker's ends of the rings between workers. Each ring has one producer and one consumer.
struct Handoff: @unchecked Sendable {
    // Each round looks at the counts.
    let incomingCount: Int
    let transmitIncomingCount: Int
    /// Of received frames, then of those on their second hop.
    let incoming: UnsafeMutablePointer<Ring>
    let firstHopCount: Int
    /// Rings of frames for ports whose transmit queue this worker owns.
    let transmitIncoming: UnsafeMutablePointer<(ring: Ring, port: UInt16)>
    let steering: UnsafeMutablePointer<FlowSteering>?
    /// By worker: what is on its way there. The worker's own entry holds what stays.
    let buffers: UnsafeMutablePointer<Burst>
    let outgoing: UnsafeMutablePointer<Ring?>
    let workerCount: Int
    /// Whether a full ring is waited for: right in a replay.
    let waits: Bool
    /// By worker, its own too; nil where the road has no second hop.
    let secondHops: UnsafeMutablePointer<Ring>?
    /// In lock-step the one ring of all workers, in the order in which its frames are worked off.
    let order: Ring?

    /// Sends each frame of the burst to the worker that owns its flow; what is this worker's own
    /// stays in the burst, in order.
    /// - Parameter port: the port that the frames came in by. It is written into each, since the other
    ///   worker gets frames of several ports and not every driver notes it.
    func steer(
        _ burst: inout Burst, from port: UInt16, own index: Int, _ tallies: Tallies,
        _ control: WorkerControl
    ) {
        guard let steering else { return }
        let buffers = buffers
        burst.distribute { mbuf, _ in
            mbuf.port = port
            return buffers + steering.pointee.owner(of: mbuf)
        }
        for worker in 0..<workerCount where worker != index && !buffers[worker].isEmpty {
            send(&buffers[worker], to: worker, tallies, control)
        }
        burst.append(contentsOf: &buffers[index])
    }

    /// Hands frames on to the owners of the buckets that their metadata names: their second hop, which is the last.
    ///
    /// No full ring is waited for: whoever empties it may wait for one that this worker empties. What does not fit
    /// is dropped.
    func handOn(_ burst: inout Burst, _ tallies: Tallies) {
        if let order { return put(&burst, on: order, tallies) }
        // A frame that is explained goes nowhere.
        guard let secondHops, let steering else {
            tallies.add(Tallies.Slot.consumed, burst.count)
            return burst.removeAll()
        }
        let buffers = buffers
        burst.distribute { mbuf, _ in
            buffers + steering.pointee.owner(ofBucket: mbuf.metadata.pointee.bucket)
        }
        for worker in 0..<workerCount where !buffers[worker].isEmpty {
            put(&buffers[worker], on: secondHops[worker], tallies)
        }
    }

    /// Whether a worker owns a bucket, so that nothing has to be handed on. In lock-step all goes through the one ring, for
    /// the order.
    func isOwn(_ bucket: UInt32, _ index: Int) -> Bool {
        guard order == nil else { return false }
        guard secondHops != nil, let steering else { return true }
        return steering.pointee.owner(ofBucket: bucket) == index
    }

    private func put(_ burst: inout Burst, on ring: Ring, _ tallies: Tallies) {
        tallies.add(Tallies.Slot.rxHandedOff, burst.enqueue(on: ring))
        if burst.isEmpty { return }
        tallies.drop(burst, by: nil, because: .handoffFull)
        burst.removeAll()
    }

    private func send(
        _ buffer: inout Burst, to worker: Int, _ tallies: Tallies, _ control: WorkerControl
    ) {
        guard let ring = outgoing[worker] else { return }
        repeat {
            tallies.add(Tallies.Slot.rxHandedOff, buffer.enqueue(on: ring))
            if buffer.isEmpty { return }
            if waits { Idle.yield() }
        } while waits && control.command != .stop
        let reason: DropReason = waits ? .shutdown : .handoffFull
        tallies.drop(buffer, by: nil, because: reason)
        buffer.removeAll()
    }
}
