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
        var outPorts: UInt32 = 0
        var gone = BurstPositions()
        for index in 0..<worker.burst.count {
            let entry = ports + Int(worker.burst[index].port & 31)
            let peer = entry.pointee.peer
            if peer == PortEntry.none {
                worker.drop(
                    at: index, by: .crossConnect, because: entry.pointee.obstacle, &observer)
                gone.insert(index)
            } else {
                outPortOf[index] = peer
                outPorts |= 1 &<< UInt32(peer)
            }
        }
        worker.takeOut(gone)
        worker.outPorts = outPorts
        worker.burstBytes = worker.burst.byteCount
        observer.reached(.transmit)
        Transmit.process(&worker, &observer)
    }
}
