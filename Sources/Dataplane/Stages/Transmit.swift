// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Puts each frame into the transmit buffer of the port that it leaves by.
enum Transmit {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        if worker.outPorts.nonzeroBitCount == 1 {
            let port = UInt16(truncatingIfNeeded: worker.outPorts.trailingZeroBitCount)
            for index in 0..<worker.burst.count {
                observer.left(worker.burst[index], by: .sent(port: port))
            }
            return worker.transmitAll(to: port, bytes: worker.burstBytes)
        }
        worker.pendingPorts |= worker.outPorts
        let ports = worker.metadata.outPorts
        let buffers = worker.transmitBuffers
        let routes = worker.transmitPaths
        let tallies = worker.tallies
        let control = worker.control
        worker.burst.distribute { mbuf, index in
            let port = Int(ports[index] & 31)
            observer.left(mbuf, by: .sent(port: UInt16(truncatingIfNeeded: port)))
            if buffers[port].room == 0 {
                routes[port].empty(&buffers[port], tallies, control)
            }
            return buffers + port
        }
    }
}
