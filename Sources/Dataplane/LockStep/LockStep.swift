// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Runs the workers of a replay on one thread, one frame at a time: a frame and all that follows from it is through
/// before the next one enters. Control thread.
///
/// What a frame has the workers do for each other waits in one ring for all of them, and is worked off in the order
/// in which it was put there, one frame a round, never by worker. Timers come between frames, those of all workers in
/// the order of their ticks and then of their arming. So what the stages see, and what comes out, is the same for any
/// number of workers, also where frames affect each other.
public final class LockStep {
    /// Why `run` returned.
    public enum Halt: Sendable {
        /// The frames that were asked for are through.
        case reached
        /// A capture brought fewer frames than it had.
        case failed
        /// Whoever asked does not want to go on.
        case stopped
    }

    /// Room for what one frame may have the workers do; more is dropped, and counted, as `handoffFull`.
    static let slots = 8_192
    /// Frames between two turns of housekeeping.
    private static let housekeepingInterval = 1_024

    private let workers: [Worker]
    private let steering: FlowSteering
    private var cursor: ReplaySchedule.Cursor
    private let order: Ring
    private var arriving = Burst()
    /// What the workers have for each other.
    private var burst = Burst()
    private var source: any FrameSource.Type = GivenFrames.self
    /// Of a recorded replay: goes from worker to worker, so that it has all in one order.
    private var recorder: JourneyRecorder?
    /// Whether any worker has timers.
    private var hasTimers = false
    /// What time it is.
    private var now: UInt64 = 0
    /// What the control plane does between frames; nil where it does nothing.
    private var control: (any StepControl)?

    init(_ workers: [Worker], _ schedule: ReplaySchedule, _ order: Ring) {
        self.workers = workers
        self.order = order
        steering = FlowSteering(workers: workers.count)
        cursor = schedule.cursor()
    }

    /// Has the workers walk another road; before the first frame.
    func use(_ source: any FrameSource.Type) { self.source = source }

    /// Has the control plane do its part between the steps of the workers; before the first frame.
    public func use(_ control: any StepControl) { self.control = control }

    /// Takes frames in, one after the other, until so many were taken, counted from the first of all.
    ///
    /// Between two calls no worker holds a snapshot.
    /// - Parameters:
    ///   - time: what is due by then comes too, behind the last of the frames; nil for nothing.
    ///   - goesOn: asked now and then, once the workers' counters have been published.
    public func run(upTo place: Int, time: UInt64? = nil, while goesOn: () -> Bool) -> Halt {
        begin()
        defer { end() }
        // By its name, so that it is compiled as one with the stages.
        guard source != GivenFrames.self else {
            return run(GivenFrames.self, upTo: place, time, goesOn)
        }
        let source = source
        return run(source, upTo: place, time, goesOn)
    }

    private func run<Source: FrameSource>(
        _ source: Source.Type, upTo place: Int, _ time: UInt64?, _ goesOn: () -> Bool
    ) -> Halt {
        // What has been put in force since the last call may let frames go on.
        settle(source)
        let halt = takeFrames(source, upTo: place, goesOn)
        if halt == .reached, let time {
            advance(source, to: min(time, .max - 1))
            // Whoever acts at that time does so in the control plane's time, too.
            settle(source)
        }
        if halt == .reached, cursor.isExhausted { finish(source) }
        return halt
    }

    /// Nothing comes in any more: time goes on until nothing waits that anything will become of.
    private func finish<Source: FrameSource>(_ source: Source.Type) {
        while workers.contains(where: { $0.heldCount > 0 }), let time = nextTime {
            advance(source, to: time)
        }
    }

    private func takeFrames<Source: FrameSource>(
        _ source: Source.Type, upTo place: Int, _ goesOn: () -> Bool
    ) -> Halt {
        var untilHousekeeping = Self.housekeepingInterval
        while cursor.place < place {
            guard let port = cursor.receive(into: &arriving) else {
                if cursor.isExhausted { return .reached }
                if cursor.hasFailed { return .failed }
                // Whoever writes the frames that were sent has all buffers, or it is not time yet.
                keepHouse()
                guard goesOn() else { return .stopped }
                Idle.yield()
                continue
            }
            work(source, port)
            untilHousekeeping -= 1
            if untilHousekeeping == 0 {
                untilHousekeeping = Self.housekeepingInterval
                keepHouse()
                guard goesOn() else { return .stopped }
            }
        }
        return .reached
    }

    /// The frame in `arriving`, and all that follows from it.
    private func work<Source: FrameSource>(_ source: Source.Type, _ port: UInt16) {
        precondition(arriving.count == 1, "the schedule of lock-step has no bursts")
        let mbuf = arriving[0]
        mbuf.port = port
        advance(source, to: mbuf.metadata.pointee.time)
        now = max(now, mbuf.metadata.pointee.time)
        workers[steering.owner(of: mbuf)].takeGiven(
            &arriving, from: port, at: now, source, &recorder)
        settle(source)
    }

    /// Works off what the workers have for each other, and what the control plane makes of it.
    private func settle<Source: FrameSource>(_ source: Source.Type) {
        repeat {
            while burst.dequeueOne(from: order) {
                let owner = steering.owner(ofBucket: burst[0].metadata.pointee.bucket)
                workers[owner].takeGiven(&burst, from: nil, at: now, source, &recorder)
            }
            guard let control, control.takeReports(at: now) else { return }
            takeHeld(source)
        } while true
    }

    /// What waits goes on in the order of the news, and not by worker: where it goes it may have to wait again, for what
    /// another worker's frames wait for, too.
    private func takeHeld<Source: FrameSource>(_ source: Source.Type) {
        let place = Int(cursor.place)
        let (seen, count) = workers[0].news
        var number = seen
        while number < count {
            for worker in workers {
                worker.takeNews(number, at: now, place: place, source, &recorder)
            }
            number += 1
        }
        for worker in workers { worker.takeHeld(at: now, place: place, source, &recorder) }
    }

    /// What is due comes, and time goes on to some moment: for all workers alike, since what a timer does may arm
    /// another worker's.
    private func advance<Source: FrameSource>(_ source: Source.Type, to end: UInt64) {
        guard hasTimers || control != nil else { return }
        while let time = nextTime, time <= end {
            if let control, control.nextTime == time {
                now = max(now, time)
                control.expire(at: time)
                settle(source)
                continue
            }
            var first: (place: WorkerTimers.Place, worker: Worker)?
            for worker in workers {
                guard let place = worker.nextDue(by: time) else { continue }
                if first.map({ place < $0.place }) ?? true { first = (place, worker) }
            }
            guard let first else { continue }
            now = max(now, time)
            first.worker.takeExpired(
                by: time, place: Int(cursor.place), source, &recorder)
            settle(source)
        }
        now = max(now, end)
        if hasTimers { for worker in workers { _ = worker.nextDue(by: end) } }
    }

    private var nextTime: UInt64? {
        let control = control?.nextTime
        guard hasTimers, let worker = workers.compactMap(\.nextTime).min() else { return control }
        return min(worker, control ?? .max)
    }

    private func begin() {
        for worker in workers { worker.beginStep() }
        recorder = workers[0].takeRecorder()
        hasTimers = workers.contains { $0.state.pointee.timers != nil }
    }

    private func end() {
        for worker in workers { worker.endStep() }
        workers[0].state.pointee.recorder = recorder.take()
    }

    private func keepHouse() {
        for worker in workers { worker.keepHouse() }
    }
}
