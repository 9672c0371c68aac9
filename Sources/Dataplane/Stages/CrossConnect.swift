// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Sends each frame, unchanged, out of the peer of the port that it came in by.
enum CrossConnect {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        guard let inPort = worker.inPort else {
            return mixed(&worker, &observer, ports)
        }
        let peer = ports[Int(inPort)].peer
        guard peer != PortEntry.none else {
            return worker.dropAll(
                by: .crossConnect, because: ports[Int(inPort)].obstacle, &observer)
        }
        for index in 0..<worker.burst.count { observer.sent(worker.burst[index], to: peer) }
        observer.reached(.transmit)
        // Nothing was taken out or changed on the way here.
        worker.transmitAll(to: peer, bytes: worker.burstBytes)
    }

    /// A burst that another worker handed over may hold frames of several ports.
    private static func mixed<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        _ ports: UnsafeMutablePointer<PortEntry>
    ) {
        let outPortOf = worker.metadata.outPorts
        let tallies = worker.tallies
        var outPorts: UInt32 = 0
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _, position in
            let entry = ports + Int(mbuf.port & 31)
            let peer = entry.pointee.peer
            guard peer == PortEntry.none else {
                outPortOf[position] = peer
                outPorts |= 1 &<< UInt32(peer)
                return true
            }
            let reason = entry.pointee.obstacle
            tallies.drop(mbuf, by: .crossConnect, because: reason)
            observer.dropped(mbuf, by: .crossConnect, because: reason)
            return false
        }
        worker.noteWaysOut(outPorts, bytes: worker.burst.byteCount)
        observer.reached(.transmit)
        Transmit.process(&worker, &observer)
    }
}
