// SPDX-License-Identifier: Apache-2.0

import DPDK
import Glibc
import Synchronization

@testable import Dataplane

/// The road of the harness: one stage, which is the tests' own.
enum EffectsRoad {
    /// Of the group at work, by worker; one group at a time has the road.
    nonisolated(unsafe) static var effects: [SharedEffects] = []

    /// The worker that stands still where it is to work on frames; none while it is negative.
    static let held = Atomic(-1)
    /// The worker that does.
    static let standing = Atomic(-1)

    static func walk(_ state: inout WorkerState) {
        while held.load(ordering: .acquiring) == state.index {
            standing.store(state.index, ordering: .releasing)
            sched_yield()
        }
        effects[state.index].process(&state)
    }

    static func expired(_ timer: Int, _ state: inout WorkerState) {
        effects[state.index].expired(timer, &state)
    }

    /// On threads of their own.
    static let loop: Worker.Entry = {
        WorkerLoop.run($0, EffectsOnThreads.self)
    }

    /// Of workers that poll ports.
    static let liveLoop: Worker.Entry = {
        WorkerLoop.run($0, EffectsOnQueues.self)
    }
}

/// In lock-step.
enum EffectsInLockStep: StepFrames {
    static func walk<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        EffectsRoad.walk(&state)
    }

    static func expired<Observer: StageObserver>(
        _ timer: Int, _ state: inout WorkerState, _ observer: inout Observer
    ) {
        EffectsRoad.expired(timer, &state)
    }
}

/// By bursts, with rings between threads. Timers come with the bursts.
enum EffectsOnThreads: ScheduledFrames {
    static func walk<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        guard !state.burst.isEmpty else { return }
        let time = state.burst[0].metadata.pointee.time
        while let timer = state.timers?.pointee.takeDue(by: time) {
            EffectsRoad.expired(timer, &state)
        }
        EffectsRoad.walk(&state)
    }
}

/// From queues of ports, with timers by the time stamp counter.
enum EffectsOnQueues: PolledFrames {
    @inline(never) static func walk<Observer: StageObserver>(
        _ state: inout WorkerState, _ observer: inout Observer
    ) {
        EffectsRoad.walk(&state)
    }

    static func expired<Observer: StageObserver>(
        _ timer: Int, _ state: inout WorkerState, _ observer: inout Observer
    ) {
        EffectsRoad.expired(timer, &state)
    }
}
