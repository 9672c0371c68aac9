// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Forwarding

/// One thing after the other, each at its time, and nobody held up by what blocks.
@Suite struct ControlLoopTests {
    /// A loop with a thread, which is stopped at the end.
    private final class Running {
        let loop = ControlLoop(.thread)
        let late = Late()

        init() { loop.start { [late] in late.add($0) } }

        deinit { loop.stop() }
    }

    private final class Late: Sendable {
        private let steps = Mutex<[ControlLoop.StepTime]>([])

        func add(_ step: ControlLoop.StepTime) { steps.withLock { $0.append(step) } }

        var names: [String] { steps.withLock { $0.map(\.name) } }
    }

    /// Words that steps add to one after the other: not guarded, as what steps own is not.
    private final class Diary: @unchecked Sendable {
        var words: [String] = []
        var threads: Set<UInt> = []
        var isBusy = false

        func note(_ word: String) {
            precondition(!isBusy, "two steps at a time")
            isBusy = true
            words.append(word)
            threads.insert(UInt(pthread_self()))
            isBusy = false
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    @Test(arguments: [ControlLoop.Drive.thread, .caller])
    func givenStepsOfManyThreadsOneIsDoneAtATime(drive: ControlLoop.Drive) async {
        let loop = ControlLoop(drive)
        loop.start()
        defer { loop.stop() }
        let diary = Diary()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    await onThread {
                        for step in 0..<500 {
                            let count = loop.perform("note") {
                                diary.note("\(number) \(step)")
                                return diary.words.count
                            }
                            precondition(count > step)
                        }
                    }
                }
            }
        }
        #expect(diary.words.count == 2_000)
        // Those of one thread in its order.
        for number in 0..<4 {
            let own = diary.words.filter { $0.hasPrefix("\(number) ") }
            #expect(own == (0..<500).map { "\(number) \($0)" })
        }
        #expect(diary.threads.count == (drive == .thread ? 1 : diary.threads.count))
        #expect(!diary.threads.contains(UInt(pthread_self())) || drive == .caller)
    }

    @Test func givenAStepWithinAStepItIsAPartOfIt() {
        let running = Running()
        let words = running.loop.perform("outer") { [loop = running.loop] in
            ["before"] + loop.perform("inner") { ["within"] } + ["behind"]
        }
        #expect(words == ["before", "within", "behind"])
    }

    @Test(arguments: [ControlLoop.Drive.thread, .caller])
    func givenAConditionWhoeverWaitsGoesOnOnceItHolds(drive: ControlLoop.Drive) async {
        let loop = ControlLoop(drive)
        loop.start()
        defer { loop.stop() }
        let looks = Atomic(0)
        let holds = await onThread {
            loop.wait(upTo: .seconds(600)) { looks.add(1, ordering: .relaxed).newValue == 5 }
        }
        #expect(holds && looks.load(ordering: .relaxed) == 5)
        #expect(await onThread { !loop.wait(upTo: .zero) { false } })
        #expect(await onThread { !loop.wait(upTo: .milliseconds(3)) { false } })
        // Steps go on meanwhile.
        let isOver = Atomic(false)
        async let waited = onThread {
            loop.wait(upTo: .seconds(600)) { isOver.load(ordering: .acquiring) }
        }
        await onThread {
            loop.perform("end the wait") { isOver.store(true, ordering: .releasing) }
        }
        #expect(await waited)
    }

    @Test func givenDutiesTheyComeAgainAndAgainUntilTheyEnd() async {
        let running = Running()
        let diary = Diary()
        running.loop.every(.milliseconds(1), "often") { diary.note("often") }
        running.loop.every(.seconds(3_600), "rarely") { diary.note("rarely") }
        await wait(for: "duties") { [loop = running.loop] in
            loop.perform("look") { diary.words.count { $0 == "often" } } >= 20
        }
        running.loop.endDuties()
        // Nothing is under way any more.
        let words = diary.words
        #expect(words.count { $0 == "rarely" } == 1)
        for _ in 0..<20 { running.loop.perform("look") {} }
        #expect(diary.words == words)
    }

    @Test func givenAStepThatTakesLongItIsTold() async {
        let running = Running()
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        running.loop.post("hold everybody up") {
            begun.signal()
            end.wait()
        }
        await onThread { begun.wait() }
        await wait(for: "more than a step may take") { [loop = running.loop] in
            (loop.current?.time ?? .zero) > ControlLoop.longestStep
        }
        #expect(running.loop.current?.name == "hold everybody up")
        end.signal()
        await wait(for: "the end of the step") { [loop = running.loop] in loop.current == nil }
        await wait(for: "the word of it") { [late = running.late] in
            late.names == ["hold everybody up"]
        }
    }

    /// A driver that does not answer for seconds.
    @Test func givenADeviceThatBlocksTheLoopGoesOn() async throws {
        let running = Running()
        let lane = DeviceLane()
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        lane.post {
            begun.signal()
            end.wait()
        }
        await onThread { begun.wait() }
        let diary = Diary()
        lane.post { [loop = running.loop] in loop.post("links") { diary.note("links") } }
        for _ in 0..<100 { running.loop.perform("publish") { diary.note("publish") } }
        #expect(diary.words == [String](repeating: "publish", count: 100))
        end.signal()
        #expect(try await lane.ask { 7 } == 7)
        lane.perform {}
        running.loop.perform("look") {}
        #expect(diary.words.last == "links")
    }

    /// A second that was missed is not made up for by two at once: rates are between two samples.
    @Test func givenALoopThatWasHeldUpADutyComesOnceAndThenWaitsAgain() async {
        let running = Running()
        let count = Atomic(0)
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        running.loop.every(.seconds(3_600), "rarely") { count.add(1, ordering: .relaxed) }
        await wait(for: "the first") { count.load(ordering: .relaxed) == 1 }
        running.loop.endDuties()
        running.loop.every(.milliseconds(20), "often") {
            if count.add(1, ordering: .relaxed).newValue == 2 {
                begun.signal()
                end.wait()
            }
        }
        await onThread { begun.wait() }
        let held = ContinuousClock.now
        await wait(for: "many times to be missed") {
            ContinuousClock.now - held > .milliseconds(200)
        }
        let times = Mutex<[ContinuousClock.Instant]>([])
        running.loop.every(.milliseconds(20), "beside it") {
            times.withLock { $0.append(ContinuousClock.now) }
        }
        end.signal()
        await wait(for: "some more") { times.withLock { $0.count >= 4 } }
        let all = times.withLock { $0 }
        for (one, next) in zip(all, all.dropFirst()) { #expect(next - one >= .milliseconds(19)) }
    }

    @Test(arguments: [ControlLoop.Drive.thread, .caller])
    func givenALoopThatIsStoppedMeanwhileStepsAreStillOneAtATime(
        drive: ControlLoop.Drive
    ) async {
        let loop = ControlLoop(drive)
        loop.start()
        let diary = Diary()
        let stopped = Flag()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    await onThread {
                        var left = 50
                        while left > 0 {
                            loop.perform("note") { diary.note("\(number)") }
                            loop.post("note") { diary.note("\(number)") }
                            _ = loop.wait(upTo: .milliseconds(1)) {
                                diary.note("look")
                                return false
                            }
                            // Some more when it has no thread any more.
                            if stopped.isSet.load(ordering: .acquiring) { left -= 1 }
                        }
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    await onThread {
                        while loop.perform("look", { diary.words.count }) < 200 {}
                        loop.stop()
                        stopped.isSet.store(true, ordering: .releasing)
                    }
                }
            }
        }
        #expect(loop.perform("look") { diary.words.count { $0 != "look" } } >= 4 * 2 * 50)
        #expect(loop.current == nil)
    }

    @Test(arguments: [ControlLoop.Drive.thread, .caller])
    func givenALoopThatIsStoppedWhatWasWantedIsDone(drive: ControlLoop.Drive) {
        let loop = ControlLoop(drive)
        loop.start()
        let diary = Diary()
        for number in 0..<10 { loop.post("note") { diary.note("\(number)") } }
        loop.stop()
        #expect(diary.words == (0..<10).map { "\($0)" })
        let nested = loop.perform("late") { loop.perform("within") { 3 } }
        #expect(nested == 3)
        #expect(!loop.wait(upTo: .milliseconds(1)) { false })
        // Once more does no harm.
        loop.stop()
    }
}

/// On a thread that may be blocked.
private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
