// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Puts each frame into the transmit buffer of the port that it leaves by.
enum Transmit {
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let buffers = worker.transmitBuffers
        let routes = worker.transmitRoutes
        let tallies = worker.tallies
        let control = worker.control
        worker.burst.distribute { mbuf in
            let port = Int(mbuf.metadata.pointee.outPort & 31)
            observer.sent(mbuf, to: UInt16(truncatingIfNeeded: port))
            if buffers[port].room == 0 {
                routes[port].empty(&buffers[port], tallies, control)
            }
            return buffers + port
        }
    }
}
