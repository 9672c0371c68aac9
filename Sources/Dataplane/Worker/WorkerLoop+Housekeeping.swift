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

    /// Between two rounds, now and then: says that no snapshot is held, publishes the tallies and
    /// takes the control plane's command, and who is to watch.
    /// - Returns: false when the worker is to stop.
    static func housekeeping(_ state: inout WorkerState) -> Bool {
        if hasNews(state) { publish(&state) }
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

    /// Whether frames moved since the tallies were last published, or so many rounds went by that those that
    /// brought nothing are worth publishing: a worker that shares its CPU comes here in each of them.
    private static func hasNews(_ state: borrowing WorkerState) -> Bool {
        let rounds = state.tallies.words[Tallies.Slot.rounds]
        let busyRounds = rounds &- state.tallies.words[Tallies.Slot.emptyRounds]
        return busyRounds != state.publishedBusyRounds
            || rounds &- state.publishedRounds >= housekeepingInterval
    }

    static func publish(_ state: inout WorkerState) {
        state.publishedRounds = state.tallies.words[Tallies.Slot.rounds]
        state.publishedBusyRounds =
            state.publishedRounds &- state.tallies.words[Tallies.Slot.emptyRounds]
        var held = 0
        for port in 0..<Tallies.Slot.portCount { held &+= state.transmitBuffers[port].count }
        state.tallies.words[Tallies.Slot.held] = UInt64(held)
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
