// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The loop that a worker runs on its lcore.
enum WorkerLoop {
    /// Rounds between two turns of housekeeping.
    static let housekeepingInterval: UInt64 = 256

    /// For a worker that has a CPU to itself: never sleeps.
    static let pinned: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        var observer = NoObserver()
        return run(context, FromQueues.self, &observer, isFloating: false)
    }

    /// For workers that share CPUs: an empty round gives the CPU away.
    static let floating: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        var observer = NoObserver()
        return run(context, FromQueues.self, &observer, isFloating: true)
    }

    /// For a replay: frames come in the order of their timestamps.
    static let replay: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        var observer = NoObserver()
        return run(context, FromSchedule.self, &observer, isFloating: true)
    }

    /// A replay that writes down what the stages do: the same stages, compiled for a recorder.
    static let recordedReplay: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        guard let context else { return -1 }
        let state = context.assumingMemoryBound(to: WorkerState.self)
        guard var recorder = state.pointee.recorder else { return -1 }
        state.pointee.recorder = nil
        let status = run(context, FromSchedule.self, &recorder, isFloating: true)
        state.pointee.recorder = recorder
        return status
    }

    /// `pinned` with sampled rounds.
    static let sampledPinned: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        runSampled(context, isFloating: false)
    }

    /// `floating` with sampled rounds.
    static let sampledFloating: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        runSampled(context, isFloating: true)
    }

    @inline(__always)
    private static func runSampled(
        _ context: UnsafeMutableRawPointer?, isFloating: Bool
    ) -> Int32 {
        guard let context else { return -1 }
        let state = context.assumingMemoryBound(to: WorkerState.self)
        var observer = NoObserver()
        var clock = RoundClock(state.pointee.cycles)
        begin(&state.pointee)
        var untilHousekeeping = housekeepingInterval
        while true {
            let frames =
                clock.isDue()
                ? sampledRound(&state.pointee, &clock)
                : round(&state.pointee, FromQueues.self, &observer)
            untilHousekeeping &-= 1
            if untilHousekeeping == 0 || (isFloating && frames == 0) {
                untilHousekeeping = housekeepingInterval
                if !housekeeping(&state.pointee) { break }
                if isFloating && frames == 0 { Idle.yield() }
            }
        }
        end(&state.pointee)
        return 0
    }

    /// Out of line, so that the loop stays as small as the one that does not sample.
    @inline(never)
    private static func sampledRound(
        _ state: inout WorkerState, _ clock: inout RoundClock
    ) -> Int {
        clock.beginRound()
        let frames = round(&state, FromQueues.self, &clock)
        clock.endRound(frames)
        return frames
    }

    @inline(__always)
    private static func run<Source: FrameSource, Observer: StageObserver>(
        _ context: UnsafeMutableRawPointer?, _ source: Source.Type, _ observer: inout Observer,
        isFloating: Bool
    ) -> Int32 {
        guard let context else { return -1 }
        let state = context.assumingMemoryBound(to: WorkerState.self)
        begin(&state.pointee)
        var untilHousekeeping = housekeepingInterval
        while true {
            let frames = round(&state.pointee, source, &observer)
            untilHousekeeping &-= 1
            if untilHousekeeping == 0 || (isFloating && frames == 0) {
                untilHousekeeping = housekeepingInterval
                if !housekeeping(&state.pointee) { break }
                if isFloating && frames == 0 { Idle.yield() }
            }
        }
        end(&state.pointee)
        return 0
    }

    /// One round on the calling thread, whose outcome is published at once: what a fuzzer drives.
    static func single(_ state: inout WorkerState) -> Int {
        var observer = NoObserver()
        let frames = round(&state, FromQueues.self, &observer)
        publish(&state)
        return frames
    }

    /// One round: take frames in, walk them through the stages, send them out.
    /// - Returns: the frames that came in.
    @inline(__always)
    static func round<Source: FrameSource, Observer: StageObserver>(
        _ state: inout WorkerState, _ source: Source.Type, _ observer: inout Observer
    ) -> Int {
        beginRound(&state)
        state.snapshot = state.publication.snapshot
        var frames = 0
        if state.receives { frames = Source.takeTurn(&state, &observer) }
        if state.handoff.incomingCount > 0 { frames &+= takeHandedOff(&state, &observer) }
        observer.reached(.transmit)
        if frames > 0 { state.flushTransmitBuffers() }
        if state.handoff.transmitIncomingCount > 0 { frames &+= sendForOthers(&state) }
        count(&state, frames)
        return frames
    }

    /// Reads the clock: the time since the last reading was busy when a round since then had frames, and
    /// a gap worth counting when it was long.
    ///
    /// While every round takes a full burst only each fourth one reads it, some three microseconds
    /// apart: the reading takes as long as half a frame.
    @inline(__always)
    private static func beginRound(_ state: inout WorkerState) {
        if state.fullRounds & 3 != 0 { return }
        let now = TimestampCounter.now
        let elapsed = now &- state.now
        if elapsed >= state.gapThreshold { state.gaps.note(elapsed, until: now) }
        if state.wasBusy {
            state.tallies.add(Tallies.Slot.busyTicks, Int(truncatingIfNeeded: elapsed))
            state.wasBusy = false
        }
        state.now = now
    }

    @inline(__always)
    private static func count(_ state: inout WorkerState, _ frames: Int) {
        state.tallies.add(Tallies.Slot.rounds, 1)
        if frames != 0 { state.wasBusy = true }
        state.fullRounds = frames >= Burst.capacity ? state.fullRounds &+ 1 : 0
        if frames == 0 { state.tallies.add(Tallies.Slot.emptyRounds, 1) }
    }

    /// Works on frames whose flows are this worker's, but which another one received.
    private static func takeHandedOff<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) -> Int {
        var frames = 0
        for index in 0..<state.handoff.incomingCount {
            let taken = state.burst.dequeue(from: state.handoff.incoming[index])
            guard taken > 0 else { continue }
            state.tallies.add(Tallies.Slot.rxTaken, taken)
            frames &+= taken
            state.inPort = nil
            state.burstBytes = state.burst.byteCount
            state.runPipeline(&observer)
        }
        return frames
    }

    /// Sends what others forwarded to ports whose transmit queue is this worker's.
    private static func sendForOthers(_ state: inout WorkerState) -> Int {
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

    private static func begin(_ state: inout WorkerState) {
        state.publication.quiescence.enter(reader: state.publication.index)
        state.snapshot = state.publication.snapshot
        state.startedAt = TimestampCounter.now
        state.now = state.startedAt
        state.control.thread = Lcore.currentThread
        state.control.state = .running
    }

    /// Between two rounds, now and then: says that no snapshot is held, publishes the tallies and
    /// takes the control plane's command.
    /// - Returns: false when the worker is to stop.
    private static func housekeeping(_ state: inout WorkerState) -> Bool {
        if hasNews(state) { publish(&state) }
        state.control.heartbeat = state.now &- state.startedAt
        state.publication.quiescence.report(reader: state.publication.index)
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

    private static func publish(_ state: inout WorkerState) {
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
    private static func end(_ state: inout WorkerState) {
        state.flushTransmitBuffers()
        abandonIncoming(&state)
        state.publication.quiescence.leave(reader: state.publication.index)
        state.control.state = .stopped
    }

    /// Counts and frees what waits in the worker's rings. Worker's thread; control thread once all
    /// workers have returned, since others may have gone on after this one.
    static func abandonIncoming(_ state: inout WorkerState) {
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
