// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import Dispatch
import Forwarding
import Foundation
import FreewayConfiguration
import Logging
import Synchronization

/// Looks at the workers' published counters ten times a second, on a thread of its own that nothing
/// else can hold up: says when a worker is stuck in a round, or the control loop in a step, and when it goes on; and
/// notes the time of day of the workers' longest gaps.
package final class WorkerWatch: Sendable {
    private let workers: [Worker]
    private let plan: [Plan.Lcore]
    private let logger: Logger
    private let state: Mutex<State>
    private let control: ControlLoop
    private let over = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    private struct State {
        var detectors: [StallDetector]
        /// By worker: the time of day at which the longest gaps ended, by their end in ticks.
        var times: [[UInt64: Timestamp]]
        /// By worker: its thread at the first look that found no heartbeat; nil while it beats.
        var silent: [WorkerThread?]
        var loop = HeldLoopDetector()
    }

    init(_ forwarder: Forwarder, _ logger: Logger) {
        workers = forwarder.group.workers
        control = forwarder.control
        plan = forwarder.plan.workers
        self.logger = logger
        state = Mutex(
            State(
                detectors: workers.map { _ in StallDetector() }, times: workers.map { _ in [:] },
                silent: workers.map { _ in nil }))
    }

    func start() {
        Thread.detachNewThread {
            repeat {
                self.look()
            } while self.over.wait(timeout: .now() + .milliseconds(100)) == .timedOut
            self.ended.signal()
        }
    }

    /// Ends what `start()` began: workers that are told to stop are no longer looked after, and may be
    /// freed once this has returned. May be called again.
    func stop() {
        over.signal()
        ended.wait()
        ended.signal()
    }

    /// By worker: for how long it has been stalled. Any thread, while the workers are not freed.
    var stalled: [Int: Duration] {
        state.withLock { state in
            Dictionary(
                uniqueKeysWithValues: state.detectors.enumerated().compactMap { index, detector in
                    workers[index].lifeState == .stopped
                        ? nil : detector.stalledFor.map { (index, $0) }
                })
        }
    }

    /// The gaps of a worker's rounds. Any thread.
    func gaps(of worker: Worker) -> WorkerGaps {
        let reading = worker.readGaps()
        let times = state.withLock {
            Self.note(reading.longest.map(\.end), &$0.times[worker.index])
        }
        return WorkerGaps(
            count: reading.count, p50Nanoseconds: reading.quantile(0.5),
            p99Nanoseconds: reading.quantile(0.99), p999Nanoseconds: reading.quantile(0.999),
            histogram: reading.buckets.map {
                .init(upToNanoseconds: $0.nanoseconds, count: $0.count)
            },
            longest: reading.longest.map {
                .init(
                    time: times[$0.end] ?? .now, nanoseconds: $0.nanoseconds,
                    during: $0.activities.map(\.name))
            })
    }

    /// The time stamp counter and the time of day drift apart over days, so each gap is noted soon.
    private static func note(
        _ ends: [UInt64], _ times: inout [UInt64: Timestamp]
    ) -> [UInt64: Timestamp] {
        let (ticks, now) = (TimestampCounter.now, Timestamp.now)
        times = Dictionary(
            ends.map { end in
                let ago = Double(ticks &- min(ticks, end)) / Double(TimestampCounter.frequency)
                return (end, times[end] ?? now.earlier(bySeconds: ago))
            }, uniquingKeysWith: { first, _ in first })
        return times
    }

    private func look() {
        lookAtLoop()
        let now = ContinuousClock.now
        for worker in workers where worker.lifeState != .stopped {
            let beat = worker.heartbeat
            let ends = worker.endsOfLongestGaps
            let event = state.withLock { state in
                _ = Self.note(ends, &state.times[worker.index])
                let event = state.detectors[worker.index].look(beat, at: now)
                // The kernel is asked only when the heart did not beat since the look before.
                if state.detectors[worker.index].silence == .zero {
                    state.silent[worker.index] = nil
                } else if state.silent[worker.index] == nil {
                    state.silent[worker.index] = worker.thread.flatMap(WorkerThread.init)
                }
                return (event, state.silent[worker.index])
            }
            tell(event.0, worker, since: event.1)
        }
    }

    private func lookAtLoop() {
        let current = control.current
        switch state.withLock({ $0.loop.look(current) }) {
        case nil: break
        case .held(let step):
            logger.warning(
                "the control loop is held up by \(step.name) for \(step.time.inSeconds): links, rates, reloads and systemd's watchdog wait"
            )
        case .released(let name):
            logger.notice("the control loop goes on, after it was held up by \(name)")
        }
    }

    private func tell(
        _ event: StallDetector.Event?, _ worker: Worker, since before: WorkerThread?
    ) {
        let lcore = plan[worker.index]
        switch event {
        case nil: break
        case .stalled(let time):
            let diagnosis = StallDiagnosis(
                cpus: lcore.cpuText, silence: time, before: before,
                now: worker.thread.flatMap(WorkerThread.init))
            logger.warning(
                "\(lcore.name(ofWorker: worker.index)) is stalled: no round ended for \(time.inSeconds); \(diagnosis)"
            )
        case .recovered(let time):
            logger.notice(
                "\(lcore.name(ofWorker: worker.index)) goes on, after it was stalled for \(time.inSeconds)"
            )
        }
    }
}

extension Duration {
    /// `1.2 s`
    fileprivate var inSeconds: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Timestamp {
    fileprivate func earlier(bySeconds seconds: Double) -> Timestamp {
        let nanoseconds = Int64(min(max(0, seconds), 1e9) * 1e9)
        let total = self.seconds * 1_000_000_000 + Int64(self.nanoseconds) - nanoseconds
        let whole = total / 1_000_000_000
        return Timestamp(
            seconds: whole, nanoseconds: UInt32(max(0, total - whole * 1_000_000_000)))
    }
}
