// SPDX-License-Identifier: Apache-2.0

import DPDK

/// A worker's ends of the rings between workers. Each ring has one producer and one consumer.
struct Handoff: @unchecked Sendable {
    let steering: UnsafeMutablePointer<FlowSteering>?
    /// By worker: what is on its way there. The worker's own entry holds what stays.
    let buffers: UnsafeMutablePointer<Burst>
    let outgoing: UnsafeMutablePointer<Ring?>
    let workerCount: Int
    let incoming: UnsafeMutablePointer<Ring>
    let incomingCount: Int
    /// Rings of frames for ports whose transmit queue this worker owns.
    let transmitIncoming: UnsafeMutablePointer<(ring: Ring, port: UInt16)>
    let transmitIncomingCount: Int
    /// Whether a full ring is waited for: right in a replay.
    let waits: Bool

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
