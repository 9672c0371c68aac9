// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The loop that a worker runs on its lcore.
enum WorkerLoop {
    /// Rounds between two turns of housekeeping.
    static let housekeepingInterval: UInt64 = 256

    /// Frames come from the queues of devices.
    static let live: Worker.Entry = {
        run($0, FromQueues.self)
    }

    /// Frames come in the order of their timestamps.
    static let replay: Worker.Entry = {
        run($0, FromSchedule.self)
    }

    @inline(__always) static func run<Source: FrameSource>(
        _ context: UnsafeMutableRawPointer?, _ source: Source.Type
    ) -> Int32 {
        guard let context else { return -1 }
        let state = context.assumingMemoryBound(to: WorkerState.self)
        begin(&state.pointee)
        var untilHousekeeping = housekeepingInterval
        while true {
            let frames = state.pointee.watch.round(&state.pointee, source)
            untilHousekeeping &-= 1
            // A worker that shares its CPU gives it away after an empty round.
            let isIdle = frames == 0 && state.pointee.isFloating
            guard untilHousekeeping == 0 || isIdle else { continue }
            untilHousekeeping = housekeepingInterval
            guard housekeeping(&state.pointee) else { break }
            if isIdle { Idle.yield() }
        }
        end(&state.pointee)
        return 0
    }

    /// One round: what is due comes, frames are taken in, walk through the stages and are sent out.
    /// - Returns: the frames that came in.
    @inline(__always) static func round<Source: FrameSource, Observer: StageObserver>(
        _ state: inout WorkerState, _ source: Source.Type, _ observer: inout Observer
    ) -> Int {
        state.readClock()
        state.snapshot = state.publication.snapshot
        Source.takeDue(&state, &observer)
        var frames = 0
        if state.receives { frames = Source.takeTurn(&state, &observer) }
        if state.handoff.incomingCount > 0 { frames &+= takeHandedOff(&state, source, &observer) }
        observer.reached(.stage(.transmit))
        if frames > 0 { state.flushTransmitBuffers() }
        if state.handoff.transmitIncomingCount > 0 { frames &+= sendForOthers(&state) }
        Source.endTurn(&state)
        state.count(round: frames)
        return frames
    }
}
