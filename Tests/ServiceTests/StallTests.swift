// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Forwarding
@testable import Service

/// When a silent worker counts as stalled, and what is said of it.
@Suite struct StallTests {
    private static let start = ContinuousClock.now

    /// Looks at a heart at some milliseconds, and gives what each look said.
    private func looks(
        _ looks: [(milliseconds: Int, beat: UInt64)]
    ) -> [StallDetector.Event?] {
        var detector = StallDetector()
        return looks.map {
            detector.look($0.beat, at: Self.start + .milliseconds($0.milliseconds))
        }
    }

    @Test("a heart that beats before each look is never stalled")
    func healthy() {
        let events = looks((0..<100).map { ($0 * 100, UInt64($0)) })
        #expect(events.allSatisfy { $0 == nil })
    }

    @Test("a heart that stops is reported once, within two seconds, and again when it goes on")
    func stall() {
        var detector = StallDetector()
        var events: [Int: StallDetector.Event] = [:]
        for look in 0...40 {
            let beat: UInt64 = look < 10 ? UInt64(look) : look < 35 ? 9 : 10
            let now = Self.start + .milliseconds(100 * look)
            events[look * 100] = detector.look(beat, at: now)
            #expect((detector.stalledFor != nil) == (19..<35).contains(look))
        }
        // The last beat was seen at 900 ms, the next one at 3,500 ms.
        #expect(
            events == [
                1900: .stalled(.seconds(1)), 3500: .recovered(.milliseconds(2600)),
            ])
    }

    @Test("a worker that never began is stalled too")
    func neverBegan() {
        let events = looks((0...10).map { ($0 * 100, 0) })
        #expect(events.last == .stalled(.seconds(1)))
        #expect(events.dropLast().allSatisfy { $0 == nil })
    }

    @Test(
        "a look that comes a minute late says nothing about the worker: the whole process had stopped"
    )
    func lateLook() {
        #expect(looks([(0, 5), (60_000, 5), (60_100, 5)]).allSatisfy { $0 == nil })
        // Nor does a clock that went backwards.
        #expect(looks([(60_000, 5), (0, 5), (100, 5)]).allSatisfy { $0 == nil })
    }

    @Test("the kernel knows a thread of this process, and no other")
    func thread() throws {
        let id = gettid(of: "/proc/thread-self")
        let thread = try #require(WorkerThread(id: id))
        #expect(thread.id == id)
        #expect(thread.state == "R")
        #expect(thread.ranNanoseconds > 0)
        #expect(WorkerThread(id: 0) == nil)
        #expect(WorkerThread(id: -1) == nil)
        #expect(WorkerThread(id: .max) == nil)
    }

    @Test(
        "the diagnosis follows from what the kernel says",
        arguments: [
            ("R", 0, "is ready to run, but something else has CPU 3"),
            ("R", 900, "runs, but does not come back from a device"),
            ("S", 0, "waits in the kernel"), ("D", 0, "waits in the kernel"),
            ("T", 0, "was stopped by a signal or a debugger"),
            ("t", 900, "was stopped by a signal or a debugger"),
        ] as [(Character, UInt64, String)])
    func diagnosis(state: Character, ranMilliseconds: UInt64, words: String) {
        func thread(_ ran: UInt64) -> WorkerThread {
            WorkerThread(
                id: 77, state: state, ranNanoseconds: ran, waitedNanoseconds: 0, preemptions: 0)
        }
        let diagnosis = StallDiagnosis(
            cpus: "CPU 3", silence: .seconds(1), before: thread(5),
            now: thread(5 + ranMilliseconds * 1_000_000))
        #expect("\(diagnosis)".contains(words), "\(diagnosis)")
        #expect("\(diagnosis)".contains("thread 77"))
    }

    @Test("a thread of which the kernel says nothing has no diagnosis")
    func noDiagnosis() {
        let diagnosis = StallDiagnosis(cpus: "CPU 3", silence: .seconds(1), before: nil, now: nil)
        #expect("\(diagnosis)" == "the kernel says nothing about its thread")
    }

    private func gettid(of path: String) -> Int32 {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
        return link?.split(separator: "/").last.flatMap { Int32($0) } ?? 0
    }
}

/// A step of the control loop that takes long is told of once, and when it is over.
@Suite struct HeldLoopTests {
    private func step(_ name: String, _ time: Duration) -> ControlLoop.StepTime {
        ControlLoop.StepTime(name: name, time: time)
    }

    @Test func givenShortStepsNothingIsTold() {
        var detector = HeldLoopDetector()
        for current in [nil, step("publish", .milliseconds(3)), step("links", .seconds(1)), nil] {
            #expect(detector.look(current) == nil)
        }
    }

    @Test func givenALongStepItIsToldOfOnceAndWhenItIsOver() {
        var detector = HeldLoopDetector()
        #expect(detector.look(step("links", .milliseconds(990))) == nil)
        let long = step("links", .milliseconds(1_090))
        #expect(detector.look(long) == .held(long))
        #expect(detector.look(step("links", .seconds(5))) == nil)
        #expect(detector.look(nil) == .released(by: "links"))
        #expect(detector.look(nil) == nil)
        // Another one of that name, and one of another.
        #expect(detector.look(long) == .held(long))
        #expect(detector.look(step("links", .milliseconds(2))) == .released(by: "links"))
        #expect(detector.look(long) == .held(long))
        #expect(detector.look(step("publish", .seconds(9))) == .released(by: "links"))
    }
}
