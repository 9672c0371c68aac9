// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Glibc
import Synchronization

/// The control plane's loop: one thread that puts things in force, one step after the other, and does what is due at
/// its time. A step takes a moment. What takes longer, or may block, is done beside the loop, and ends with a step of it.
///
/// In a replay there is no such thread: whoever wants a step does it himself, while nobody else does one. So the frames
/// of a replay find the same whatever else the machine does.
package final class ControlLoop: Sendable {
    /// Who does the steps.
    package enum Drive: Sendable {
        /// A thread of the loop's own, from `start` to `stop`.
        case thread
        /// Whoever wants them.
        case caller
    }

    /// A step, and how long it has taken.
    package struct StepTime: Sendable, Equatable {
        package let name: String
        package let time: Duration
    }

    private struct Step {
        let name: String
        let work: @Sendable () -> Void
        /// Of the duty that it does.
        var duty: Int?
    }

    private struct Duty {
        let number: Int
        let name: String
        let interval: Duration
        let work: @Sendable () -> Void
        var due: ContinuousClock.Instant
    }

    /// Somebody who waits for something that no step brings about.
    private struct Wait {
        let number: Int
        let condition: @Sendable () -> Bool
        let end: @Sendable (Bool) -> Void
    }

    private struct State {
        /// Whether the thread takes what is wanted. It alone says that it does no more, once nothing is left.
        var isRunning = false
        var isEnding = false
        var steps: [Step] = []
        var duties: [Duty] = []
        var dutyCount = 0
        var waits: [Wait] = []
        var waitCount = 0
        var current: (name: String, since: ContinuousClock.Instant)?
    }

    /// The longest that a step is meant to take.
    package static let longestStep = Duration.milliseconds(10)
    /// How often the loop looks whether what is waited for has come.
    private static let lookInterval = Duration.microseconds(200)

    private let drive: Drive
    private let state = Mutex(State())
    /// Held by whoever does a step where the loop has no thread.
    private let byCaller = Mutex(())
    /// Raised with whatever the thread may sleep through.
    private let news = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    /// Where steps are done: the loop's thread, or the caller's while it does one; 0 for nowhere.
    private let thread = Atomic<UInt>(0)

    package init(_ drive: Drive) { self.drive = drive }

    /// Starts the thread, where there is to be one.
    /// - Parameter tellLate: called on it with each step that took too long.
    package func start(tellLate: @escaping @Sendable (StepTime) -> Void = { _ in }) {
        guard drive == .thread else { return }
        state.withLock { $0.isRunning = true }
        Thread.detachNewThread {
            Self.nameThread()
            self.run(tellLate)
        }
    }

    /// Ends the thread, once nothing is wanted of it. Steps that are wanted later are done by whoever wants them.
    package func stop() {
        let wasRunning = state.withLock { state in
            state.isEnding = true
            return state.isRunning
        }
        guard wasRunning else { return }
        news.signal()
        ended.wait()
        // For others that stop it, too.
        ended.signal()
    }

    /// Does a step, and gives what comes of it. Any thread; within a step it is a part of that.
    package func perform<Value: Sendable>(
        _ name: String, _ work: @escaping @Sendable () -> Value
    ) -> Value {
        if isWithinStep { return work() }
        let result = Mutex<Value?>(nil)
        let done = DispatchSemaphore(value: 0)
        let isTaken = take(
            Step(name: name) {
                let value = work()
                result.withLock { $0 = value }
                done.signal()
            })
        guard isTaken else { return performHere(work) }
        done.wait()
        return result.withLock { $0! }
    }

    /// Has a step done, soon; where the loop has no thread, at once.
    package func post(_ name: String, _ work: @escaping @Sendable () -> Void) {
        if !take(Step(name: name, work: work)) { isWithinStep ? work() : performHere(work) }
    }

    /// Waits until something holds, which is looked at in steps. Not within a step.
    /// - Returns: false when it did not hold in time.
    package func wait(
        upTo patience: Duration, until condition: @escaping @Sendable () -> Bool
    ) -> Bool {
        precondition(!isWithinStep, "a step cannot wait for another")
        let deadline = ContinuousClock.now + patience
        while !perform("look", condition) {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return false }
            if isSeen(condition, within: left) { return true }
        }
        return true
    }

    /// Has the thread look until something holds; gives up at once where there is none.
    private func isSeen(
        _ condition: @escaping @Sendable () -> Bool, within patience: Duration
    ) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let result = Atomic(false)
        let number = state.withLock { state -> Int? in
            guard state.isRunning, !state.isEnding else { return nil }
            state.waitCount += 1
            state.waits.append(
                Wait(number: state.waitCount, condition: condition) { holds in
                    result.store(holds, ordering: .releasing)
                    done.signal()
                })
            return state.waitCount
        }
        guard let number else {
            lookAgainSoon()
            return false
        }
        news.signal()
        if done.wait(timeout: .now() + patience.dispatchInterval) == .timedOut {
            state.withLock { $0.waits.removeAll { $0.number == number } }
        }
        return result.load(ordering: .acquiring)
    }

    /// Has something done, as a step, each time that so long has gone by since it was done: between the end and the next
    /// beginning it is never less, whatever keeps the loop meanwhile. Needs the loop's thread.
    package func every(
        _ interval: Duration, _ name: String, _ work: @escaping @Sendable () -> Void
    ) {
        state.withLock {
            $0.dutyCount += 1
            $0.duties.append(
                Duty(
                    number: $0.dutyCount, name: name, interval: interval, work: work,
                    due: ContinuousClock.now))
        }
        news.signal()
    }

    /// Nothing is due any more, and no step that was is under way.
    package func endDuties() { perform("end") { self.state.withLock { $0.duties = [] } } }

    /// The step that the thread is in; nil between steps. Any thread.
    package var current: StepTime? {
        state.withLock { state in
            state.current.map { StepTime(name: $0.name, time: ContinuousClock.now - $0.since) }
        }
    }

    private var isWithinStep: Bool {
        thread.load(ordering: .acquiring) == UInt(pthread_self())
    }

    private func performHere<Value>(_ work: () -> Value) -> Value {
        byCaller.withLock { _ in
            thread.store(UInt(pthread_self()), ordering: .releasing)
            defer { thread.store(0, ordering: .releasing) }
            return work()
        }
    }

    /// - Returns: false where no thread will do it.
    private func take(_ step: Step) -> Bool {
        let isTaken = state.withLock { state in
            guard state.isRunning else { return false }
            state.steps.append(step)
            return true
        }
        if isTaken { news.signal() }
        return isTaken
    }

    private func run(_ tellLate: @Sendable (StepTime) -> Void) {
        thread.store(UInt(pthread_self()), ordering: .releasing)
        while let steps = next() {
            for step in steps { run(step, tellLate) }
            sleep()
        }
        ended.signal()
    }

    /// What is to be done; nil when the thread is to end. Whoever wants a step from then on does it himself.
    private func next() -> [Step]? {
        state.withLock { state in
            if state.isEnding, state.steps.isEmpty, state.waits.isEmpty {
                state.isRunning = false
                state.duties = []
                thread.store(0, ordering: .releasing)
                return nil
            }
            defer { state.steps = [] }
            let looks = state.waits.isEmpty ? [] : [Step(name: "look") { self.look() }]
            // What is due comes first, so that nothing is behind the step that ends the duties.
            return Self.due(state) + state.steps + looks
        }
    }

    /// For `ps -T` and `top -H`: Foundation's name of a thread stays with Foundation, and Swift's Glibc lacks
    /// `pthread_setname_np`. 15 bytes are the most (proc(5)).
    private static func nameThread() {
        guard let file = fopen("/proc/thread-self/comm", "w") else { return }
        fputs("freeway-control", file)
        fclose(file)
    }

    private static func due(_ state: State) -> [Step] {
        let now = ContinuousClock.now
        return state.duties.filter { $0.due <= now }.map {
            Step(name: $0.name, work: $0.work, duty: $0.number)
        }
    }

    private func run(_ step: Step, _ tellLate: (StepTime) -> Void) {
        let began = ContinuousClock.now
        state.withLock { $0.current = (step.name, began) }
        step.work()
        let ended = ContinuousClock.now
        state.withLock { state in
            state.current = nil
            for index in state.duties.indices where state.duties[index].number == step.duty {
                state.duties[index].due = ended + state.duties[index].interval
            }
        }
        let time = ended - began
        if time > Self.longestStep { tellLate(StepTime(name: step.name, time: time)) }
    }

    /// Lets those go on for whom the time has come, and all when the thread is about to end: they look for themselves.
    private func look() {
        let (waits, isEnding) = state.withLock { ($0.waits, $0.isEnding) }
        let over = waits.map { ($0, $0.condition()) }.filter { $1 || isEnding }
        let numbers = Set(over.map(\.0.number))
        state.withLock { $0.waits.removeAll { numbers.contains($0.number) } }
        for (wait, holds) in over { wait.end(holds) }
    }

    /// Until there is something to do.
    private func sleep() {
        let due = state.withLock { state -> ContinuousClock.Instant? in
            guard state.steps.isEmpty, !state.isEnding else { return ContinuousClock.now }
            let look = state.waits.isEmpty ? nil : ContinuousClock.now + Self.lookInterval
            return (state.duties.map(\.due) + [look].compactMap(\.self)).min()
        }
        guard let due else { return news.wait() }
        let left = due - ContinuousClock.now
        if left > .zero { _ = news.wait(timeout: .now() + left.dispatchInterval) }
    }
}

extension Duration {
    /// For those who wait by Dispatch.
    var dispatchInterval: DispatchTimeInterval {
        .nanoseconds(Int(min(self / .nanoseconds(1), 1e18)))
    }
}
