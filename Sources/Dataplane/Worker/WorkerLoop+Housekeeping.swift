// SPDX-License-Identifier: Apache-2.0

import DPDK

/// What a worker does before its first round, now and then between rounds, and after the last.
extension WorkerLoop {
    static func begin(_ state: inout WorkerState) {
        state.publication.quiescence.enter(reader: state.publication.index)
        state.snapshot = state.publication.snapshot
        state.startedAt = TimestampCounter.now
        state.now = state.startedAt
        state.clockOfRounds = RoundClock(state.cycles)
        state.watch = state.control.watch
        state.control.thread = Lcore.currentThread
        state.control.state = .running
    }

    /// Between two rounds, now and then: says that no snapshot is held, publishes the tallies if
    /// frames moved, and takes the control plane's command, and who is to watch.
    /// - Returns: false when the worker is to stop.
    static func housekeeping(_ state: inout WorkerState) -> Bool {
        if state.injected != nil || state.mayRelease { takeFromControl(&state) }
        if state.hasNews { publish(&state) }
        state.control.heartbeat = state.now &- state.startedAt
        state.publication.quiescence.report(reader: state.publication.index)
        state.watch = state.control.watch
        if let schedule = state.schedule, state.control.state == .running {
            if schedule.isExhausted { state.control.state = .exhausted }
            if schedule.hasFailed { state.control.state = .failed }
        }
        switch state.control.command {
        case .run: return true
        case .drain:
            // What was received until now stands in the tallies that were published.
            state.receives = false
            state.control.isDrained = true
            return true
        case .stop: return false
        }
    }

    /// Sends what the control plane has to send, and has frames go on that waited for what it found out.
    @inline(never) private static func takeFromControl(_ state: inout WorkerState) {
        var observer = NoObserver()
        state.snapshot = state.publication.snapshot
        var isAny = false
        if let ring = state.injected, state.burst.dequeue(from: ring) > 0 {
            isAny = true
            state.continueFrames(&observer)
        }
        if state.mayRelease {
            isAny = true
            state.releaseHeld(&observer)
        }
        guard isAny else { return }
        state.flushTransmitBuffers()
        state.hasNews = true
    }

    static func publish(_ state: inout WorkerState) {
        state.hasNews = false
        var waiting = 0
        for port in 0..<Tallies.Slot.portCount { waiting &+= state.transmitBuffers[port].count }
        state.tallies.words[Tallies.Slot.inTransit] = UInt64(waiting)
        state.tallies.words[Tallies.Slot.ticks] = state.now &- state.startedAt
        state.board.publish(state.tallies)
    }

    /// What is still on its way to this worker is counted and freed: nothing vanishes.
    static func end(_ state: inout WorkerState) {
        state.flushTransmitBuffers()
        abandonIncoming(&state)
        state.publication.quiescence.leave(reader: state.publication.index)
        state.control.state = .stopped
    }
}
