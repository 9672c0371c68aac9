// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Sends each frame out of the peer of the port that it came in by, unchanged, or out of the peer of its interface,
/// with that one's tags in the place of its own.
enum CrossConnect {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        guard let inPort = worker.inPort else {
            return mixed(&worker, &observer, ports)
        }
        let entry = ports + Int(inPort)
        let peer = entry.pointee.peer
        guard peer != PortEntry.none else {
            // Ports are joined as a whole where neither has VLANs; all others by interfaces.
            guard !worker.snapshot.pointee.interfaces.hasVLANs else {
                return crossByTags(&worker, &observer)
            }
            return worker.dropAll(by: .crossConnect, because: entry.pointee.obstacle, &observer)
        }
        // One comparison for a burst: no frame is longer than all of them together.
        if worker.burstBytes > Int(entry.pointee.longestToPeer) {
            dropTooLong(&worker, &observer, entry)
            if worker.burst.isEmpty { return }
        }
        for index in 0..<worker.burst.count {
            observer.left(worker.burst[index], by: .sent(port: peer))
        }
        observer.reached(.stage(.transmit))
        worker.transmitAll(to: peer, bytes: worker.burstBytes)
    }

    /// Drops the frames that are longer than the way out takes. Only where the ports of the pair differ in
    /// their MTUs, or frames come in that keep to none, is there anything to measure.
    @inline(never)
    private static func dropTooLong<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        _ entry: UnsafeMutablePointer<PortEntry>
    ) {
        var gone = BurstPositions()
        for index in 0..<worker.burst.count where entry.pointee.isTooLong(worker.burst[index]) {
            worker.drop(at: index, by: .crossConnect, because: .exceedsMTU, &observer)
            gone.insert(index)
        }
        guard !gone.isEmpty else { return }
        worker.takeOut(gone)
        worker.burstBytes = worker.burst.byteCount
    }

    /// A burst that another worker handed over may hold frames of several ports.
    private static func mixed<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        _ ports: UnsafeMutablePointer<PortEntry>
    ) {
        guard !worker.snapshot.pointee.interfaces.hasVLANs else {
            return crossByTags(&worker, &observer)
        }
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
            } else if entry.pointee.isTooLong(worker.burst[index]) {
                worker.drop(at: index, by: .crossConnect, because: .exceedsMTU, &observer)
                gone.insert(index)
            } else {
                outPortOf[index] = peer
                outPorts |= 1 &<< UInt32(peer)
            }
        }
        worker.takeOut(gone)
        worker.outPorts = outPorts
        worker.burstBytes = worker.burst.byteCount
        observer.reached(.stage(.transmit))
        Transmit.process(&worker, &observer)
    }
}
