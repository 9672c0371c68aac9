// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Where a worker's frames come from. Chosen at launch, so that the loop has no branch for it.
protocol FrameSource {
    /// Takes frames in and walks each burst through the stages.
    /// - Returns: how many frames came in.
    static func takeTurn<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) -> Int

    /// Walks the burst along the road.
    static func walk<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    )

    /// Has the timers of a live worker come that are due. In lock-step the driver does, which knows those of all
    /// workers; in a replay on threads there are none.
    static func takeDue<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    )

    /// A timer of the worker came.
    static func expired<Observer: StageObserver>(
        _ timer: Int, _ state: inout WorkerState, _ observer: inout Observer
    )

    /// All that came in has left the worker, or was dropped.
    static func endTurn(_ state: inout WorkerState)
}

extension FrameSource {
    @inline(__always) static func walk<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        // Those that other workers passed on have been through the first stages.
        if state.isSecondHop {
            state.continueFrames(&observer)
        } else {
            state.runPipeline(&observer)
        }
    }

    @inline(__always) static func takeDue<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {}

    /// Those of the product are of datagrams that come in parts.
    static func expired<Observer: StageObserver>(
        _ timer: Int, _ state: inout WorkerState, _ observer: inout Observer
    ) {
        state.expireDatagram(timer, &observer)
    }

    @inline(__always) static func work<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer, on frames: Int, from port: UInt16,
        isSteered: Bool
    ) {
        let bytes = state.burst.byteCount
        state.tallies.received(port: port, frames: frames, bytes: bytes)
        state.tallies.add(Tallies.Slot.burstsReceived, 1)
        state.burstBytes = bytes
        if isSteered {
            observer.reached(.handOff)
            state.handoff.steer(
                &state.burst, from: port, own: state.index, state.tallies, state.control)
            state.burstBytes = state.burst.byteCount
        }
        state.inPort = port
        walk(&state, &observer)
    }
}

/// Polls the worker's receive queues, one burst each.
protocol PolledFrames: FrameSource {}

/// Along the product's road.
enum FromQueues: PolledFrames {}

extension PolledFrames {
    @inline(__always) static func takeTurn<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) -> Int {
        var frames = 0
        var position = 0
        while position < state.polledQueueCount {
            let polled = state.polledQueues[position]
            let received = state.burst.receive(port: polled.port, queue: polled.queue)
            if received > 0 {
                frames &+= received
                work(
                    &state, &observer, on: received, from: polled.port, isSteered: polled.isSteered)
            }
            position &+= 1
        }
        return frames
    }

    @inline(__always) static func takeDue<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        if state.now >= state.deadline { expireDue(&state, &observer) }
    }

    /// A burst of it: those of a storm come with many rounds, between whose frames they are.
    @inline(never) private static func expireDue<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        var count = 0
        while count < Burst.capacity, let timer = state.takeDueTimer() {
            expired(timer, &state, &observer)
            count &+= 1
        }
        guard count > 0 else { return }
        state.flushTransmitBuffers()
        state.wasBusy = true
        state.hasNews = true
    }

    @inline(__always) static func endTurn(_ state: inout WorkerState) {}
}

/// The next run of the replay's schedule.
protocol ScheduledFrames: FrameSource {}

/// Along the product's road.
enum FromSchedule: ScheduledFrames {}

extension ScheduledFrames {
    static func takeTurn<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) -> Int {
        guard state.schedule != nil else {
            // Before the rings are looked at: frames below are there, or have been.
            state.handedOn = state.progress?.finished(by: 0) ?? 0
            return 0
        }
        guard let port = state.schedule?.receive(into: &state.burst) else { return 0 }
        let received = state.burst.count
        work(
            &state, &observer, on: received, from: port, isSteered: state.handoff.workerCount > 1)
        return received
    }

    static func endTurn(_ state: inout WorkerState) {
        guard let progress = state.progress else { return }
        if let schedule = state.schedule { state.handedOn = UInt64(schedule.place) }
        progress.finish(below: state.handedOn, by: state.index)
    }
}
