// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Frames, or a timer, that `LockStep` put into the worker's state.
protocol StepFrames: FrameSource {}

/// Along the product's road.
enum GivenFrames: StepFrames {}

extension StepFrames {
    static func takeTurn<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) -> Int {
        if state.looksAtWaiting {
            state.looksAtWaiting = false
            state.releaseHeld(&observer)
            return 1
        }
        if let timer = state.expiredTimer {
            state.expiredTimer = nil
            expired(timer, &state, &observer)
            return 1
        }
        let frames = state.burst.count
        if let port = state.inPort {
            work(&state, &observer, on: frames, from: port, isSteered: false)
        } else {
            if !state.burst[0].metadata.pointee.isInjected {
                state.tallies.add(Tallies.Slot.rxTaken, frames)
            }
            state.burstBytes = state.burst.byteCount
            state.isSecondHop = true
            walk(&state, &observer)
            state.isSecondHop = false
        }
        return frames
    }

    static func endTurn(_ state: inout WorkerState) {}
}

/// A worker that is never launched, as lock-step runs it. Control thread.
extension Worker {
    /// A round on some frames, which leave the burst.
    /// - Parameter port: that they came in by; nil on their second hop.
    func takeGiven<Source: FrameSource>(
        _ frames: inout Burst, from port: UInt16?, at time: UInt64, _ source: Source.Type,
        _ recorder: inout JourneyRecorder?
    ) {
        state.pointee.stepTime = time
        state.pointee.burst.append(contentsOf: &frames)
        state.pointee.inPort = port
        takeRound(source, &recorder)
    }

    /// A round for frames that wait, where there is something new.
    func takeHeld<Source: FrameSource>(
        at time: UInt64, place: Int, _ source: Source.Type, _ recorder: inout JourneyRecorder?
    ) {
        guard state.pointee.mayRelease else { return }
        state.pointee.stepTime = time
        state.pointee.stepPlace = place
        state.pointee.looksAtWaiting = true
        takeRound(source, &recorder)
    }

    /// The news of neighbours that the worker has looked at, and how many there are.
    var news: (seen: UInt64, count: UInt64) {
        (state.pointee.heldGeneration, state.pointee.neighbours.generation)
    }

    /// A round for one piece of news, where anything waits for the host that it is about.
    func takeNews<Source: FrameSource>(
        _ number: UInt64, at time: UInt64, place: Int, _ source: Source.Type,
        _ recorder: inout JourneyRecorder?
    ) {
        guard let held = state.pointee.held else { return }
        guard let key = state.pointee.neighbours.news(of: number) else {
            state.pointee.looksAtAll = true
            return
        }
        guard held.pointee.isAskedFor(key) else {
            state.pointee.heldGeneration = number &+ 1
            return
        }
        state.pointee.newsEnd = number &+ 1
        takeHeld(at: time, place: place, source, &recorder)
        state.pointee.newsEnd = .max
    }

    /// Frames that wait.
    var heldCount: Int {
        (state.pointee.held?.pointee.count ?? 0)
            + (state.pointee.reassembly?.pointee.frameCount ?? 0)
    }

    /// A round for the first of the timers that are due.
    func takeExpired<Source: FrameSource>(
        by time: UInt64, place: Int, _ source: Source.Type, _ recorder: inout JourneyRecorder?
    ) {
        state.pointee.stepTime = time
        state.pointee.stepPlace = place
        state.pointee.expiredTimer = state.pointee.timers?.pointee.takeDue(by: time)
        takeRound(source, &recorder)
    }

    @inline(__always) private func takeRound<Source: FrameSource>(
        _ source: Source.Type, _ recorder: inout JourneyRecorder?
    ) {
        guard recorder != nil else {
            _ = state.pointee.watch.round(&state.pointee, source)
            return
        }
        state.pointee.recorder = recorder.take()
        _ = state.pointee.watch.round(&state.pointee, source)
        recorder = state.pointee.recorder.take()
    }

    /// No timer of the worker comes before.
    var nextTime: UInt64? { state.pointee.timers?.pointee.next }

    func nextDue(by time: UInt64) -> WorkerTimers.Place? {
        state.pointee.timers?.pointee.nextDue(by: time)
    }

    func beginStep() {
        precondition(!isLaunched, "a worker that runs has its own thread")
        let startedAt = state.pointee.startedAt
        WorkerLoop.begin(&state.pointee)
        // One time for all steps, as the sums of busy time and gaps are.
        if startedAt > 0 { state.pointee.startedAt = startedAt }
    }

    func keepHouse() { _ = WorkerLoop.housekeeping(&state.pointee) }

    /// Publishes what was counted, and lets go of the snapshot.
    func endStep() {
        keepHouse()
        WorkerLoop.publish(&state.pointee)
        state.pointee.publication.quiescence.leave(reader: state.pointee.publication.index)
    }
}
