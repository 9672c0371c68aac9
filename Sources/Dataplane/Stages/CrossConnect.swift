// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Sends each frame, unchanged, out of the peer of the port that it came in by.
enum CrossConnect {
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        guard let inPort = worker.inPort else {
            return mixed(&worker, &observer, ports)
        }
        let peer = ports[Int(inPort)].peer
        guard peer != PortEntry.none else {
            return worker.dropAll(by: .crossConnect, because: .notConnected, &observer)
        }
        for index in 0..<worker.burst.count { observer.sent(worker.burst[index], to: peer) }
        worker.transmitAll(to: peer)
    }

    /// A burst that another worker handed over may hold frames of several ports.
    private static func mixed<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        _ ports: UnsafeMutablePointer<PortEntry>
    ) {
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _ in
            let peer = ports[Int(mbuf.port & 31)].peer
            guard peer == PortEntry.none else {
                mbuf.metadata.pointee.outPort = peer
                return true
            }
            tallies.drop(.notConnected, bytes: mbuf.frameLength)
            observer.dropped(mbuf, by: .crossConnect, because: .notConnected)
            return false
        }
        Transmit.process(&worker, &observer)
    }
}
