// SPDX-License-Identifier: Apache-2.0

import DPDK

/// What a worker takes from the rings on which other workers are the producers.
extension WorkerLoop {
    /// Works on frames whose flows are this worker's, but which another one received.
    static func takeHandedOff<Source: FrameSource, Observer: StageObserver>(
        _ state: inout WorkerState, _ source: Source.Type, _ observer: inout Observer
    ) -> Int {
        var frames = 0
        for index in 0..<state.handoff.incomingCount {
            let taken = state.burst.dequeue(from: state.handoff.incoming[index])
            guard taken > 0 else { continue }
            state.burst.prefetch()
            state.tallies.add(Tallies.Slot.rxTaken, taken)
            frames &+= taken
            // There may be more in the ring.
            if taken == Burst.capacity, state.progress != nil {
                let last = state.burst[taken &- 1].metadata.pointee.sequence
                state.handedOn = min(state.handedOn, last &+ 1)
            }
            state.inPort = nil
            state.burstBytes = state.burst.byteCount
            state.isSecondHop = index >= state.handoff.firstHopCount
            Source.walk(&state, &observer)
            state.isSecondHop = false
        }
        return frames
    }

    /// Sends what others forwarded to ports whose transmit queue is this worker's.
    static func sendForOthers(_ state: inout WorkerState) -> Int {
        var frames = 0
        for index in 0..<state.handoff.transmitIncomingCount {
            let way = state.handoff.transmitIncoming[index]
            let taken = state.burst.dequeue(from: way.ring)
            guard taken > 0 else { continue }
            state.tallies.add(Tallies.Slot.txTaken, taken)
            frames &+= taken
            state.transmitPaths[Int(way.port)].empty(&state.burst, state.tallies, state.control)
        }
        return frames
    }

    /// Counts and frees what waits in the worker's rings. Worker's thread; control thread once all
    /// workers have returned, since others may have gone on after this one.
    static func abandonIncoming(_ state: inout WorkerState) {
        state.abandonHeld()
        state.abandonParts()
        for index in 0..<state.handoff.incomingCount {
            abandon(&state, state.handoff.incoming[index], Tallies.Slot.rxTaken)
        }
        for index in 0..<state.handoff.transmitIncomingCount {
            abandon(&state, state.handoff.transmitIncoming[index].ring, Tallies.Slot.txTaken)
        }
        publish(&state)
    }

    private static func abandon(_ state: inout WorkerState, _ ring: Ring, _ slot: Int) {
        while true {
            let taken = state.burst.dequeue(from: ring)
            if taken == 0 { return }
            state.tallies.add(slot, taken)
            state.tallies.drop(state.burst, by: nil, because: .shutdown)
            state.burst.removeAll()
        }
    }
}
