// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Dataplane

/// Timers against a plain list of them.
@Suite struct TimerWheelTests {
    /// What the wheel must do: a list that is sorted by tick and by when each was armed.
    private struct Model {
        var armed: [(tick: UInt64, order: Int, timer: Int)] = []
        var orders = 0
        var now: UInt64

        mutating func arm(_ timer: Int, at tick: UInt64) {
            disarm(timer)
            orders += 1
            armed.append((max(tick, now + 1), orders, timer))
        }

        mutating func disarm(_ timer: Int) { armed.removeAll { $0.timer == timer } }

        mutating func takeDue(by tick: UInt64) -> Int? {
            let due = armed.filter { $0.tick <= tick }
            guard let first = due.min(by: { ($0.tick, $0.order) < ($1.tick, $1.order) }) else {
                now = max(now, tick)
                return nil
            }
            disarm(first.timer)
            now = max(now, first.tick)
            return first.timer
        }
    }

    /// Where one of a wheel's slots, words of slots and levels ends, and a little beside.
    private static let boundaries: [UInt64] = [1 << 6, 1 << 11, 1 << 22, 1 << 33, 1 << 40]

    /// How far from the present: all distances, from none to what is too far for a slot, half of them to the edge of
    /// a slot of some level.
    private static func distance(
        from now: UInt64, _ random: inout SeededGenerator
    ) -> UInt64 {
        if Bool.random(using: &random) {
            return UInt64.random(
                in: 0...1 << UInt64.random(in: 0...36, using: &random), using: &random)
        }
        let edge = boundaries.randomElement(using: &random)!
        let tick = (now / edge + 1) * edge - 1 + UInt64.random(in: 0...2, using: &random)
        return tick - now
    }

    @Test(
        arguments: [0, 1 << 34, 1 << 63 - 1_000, .max - 1 << 52] as [UInt64],
        1...8 as ClosedRange<UInt64>)
    func givenRandomTimersTheyComeInTheOrderOfTheModel(start: UInt64, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // A number has 40 bits.
        var armings: UInt64 = 1 << 40 - 500
        var wheel = TimerWheel(capacity: 64, now: start)
        var model = Model(now: start)
        for _ in 0..<2_000 {
            let timer = Int.random(in: 0..<64, using: &random)
            let distance = Self.distance(from: wheel.now, &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                wheel.arm(timer, at: wheel.now + distance, &armings)
                model.arm(timer, at: model.now + distance)
            case 5:
                wheel.disarm(timer)
                model.disarm(timer)
            case 6:
                wheel.arm(timer, at: wheel.now - min(wheel.now, distance), &armings)
                model.arm(timer, at: model.now - min(model.now, distance))
            case 7:
                // Time that runs backwards stands still.
                let past = wheel.now - min(wheel.now, distance)
                #expect(wheel.takeDue(by: past) == model.takeDue(by: past), "seed \(seed)")
            default:
                let tick = min(wheel.now + distance, .max - 1 << 43)
                var most = Bool.random(using: &random) ? 64 : Int.random(in: 0...3, using: &random)
                while most > 0 {
                    most -= 1
                    let came = wheel.takeDue(by: tick)
                    #expect(came == model.takeDue(by: tick), "seed \(seed)")
                    guard let came else { break }
                    // Who gets one uses the wheel.
                    let other = Int.random(in: 0..<64, using: &random)
                    wheel.disarm(other)
                    model.disarm(other)
                    let next = wheel.now + UInt64.random(in: 0...600, using: &random)
                    if most > 8 {
                        wheel.arm(came, at: next, &armings)
                        model.arm(came, at: next)
                    }
                }
            }
            #expect(wheel.now == model.now, "seed \(seed)")
            #expect(wheel.count == model.armed.count, "seed \(seed)")
            let first = model.armed.map(\.tick).min()
            #expect((wheel.next == nil) == (first == nil))
            if let first, let next = wheel.next { #expect(next <= first, "seed \(seed)") }
        }
    }

    /// One that was armed far in front of a tick, and one close to it, come in the order in which they were armed.
    @Test(arguments: boundaries, [-1, 0, 1])
    func givenTwoOfOneTickTheyComeInTheOrderOfArming(edge: UInt64, offset: Int) {
        var armings: UInt64 = 0
        var wheel = TimerWheel(capacity: 3, now: 3)
        let tick = UInt64(Int(edge) * 5 + offset)
        wheel.arm(2, at: tick, &armings)
        wheel.arm(0, at: tick, &armings)
        #expect(wheel.takeDue(by: tick - 1) == nil)
        wheel.arm(1, at: tick, &armings)
        #expect(wheel.takeDue(by: tick) == 2)
        #expect(wheel.takeDue(by: tick) == 0)
        #expect(wheel.takeDue(by: tick) == 1)
        #expect(wheel.takeDue(by: tick) == nil)
    }

    @Test func givenATimerThatArmsItselfForThePastItComesOnceATick() {
        var armings: UInt64 = 0
        var wheel = TimerWheel(capacity: 1, now: 0)
        wheel.arm(0, at: 5, &armings)
        var ticks: [UInt64] = []
        while wheel.takeDue(by: 9) != nil {
            ticks.append(wheel.now)
            wheel.arm(0, at: 0, &armings)
        }
        #expect(ticks == [5, 6, 7, 8, 9])
    }

    /// Lists of many chunks, out of which timers are taken and put back nearer and further.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func givenManyTimersOfFewTicksTheyComeInTheOrderOfTheModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let capacity = 300
        var wheel = TimerWheel(capacity: capacity, now: 77)
        var model = Model(now: 77)
        var armings: UInt64 = 0
        for _ in 0..<12 {
            let base = wheel.now
            let ticks = [1, 1 << 11, 1 << 22, 1 << 33].map { base + $0 * 3 + 5 }
            for _ in 0..<900 {
                let timer = Int.random(in: 0..<capacity, using: &random)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    wheel.disarm(timer)
                    model.disarm(timer)
                } else {
                    let tick = ticks.randomElement(using: &random)!
                    wheel.arm(timer, at: tick, &armings)
                    model.arm(timer, at: tick)
                }
            }
            let end = ticks.randomElement(using: &random)!
            while true {
                let came = wheel.takeDue(by: end)
                #expect(came == model.takeDue(by: end), "seed \(seed)")
                if came == nil { break }
            }
            #expect(wheel.now == model.now && wheel.count == model.armed.count, "seed \(seed)")
        }
    }

    /// A timer of a worker comes with the first tick that is not before its time, and never before that.
    @Test(arguments: [0, 1, 16] as [UInt64])
    func givenTicksOfManyUnitsNoTimerComesEarly(bits: UInt64) {
        var counter: UInt64 = 0
        withUnsafeMutablePointer(to: &counter) { counter in
            let tick: UInt64 = 1 << bits
            var timers = WorkerTimers(
                capacity: 4, now: 10 * tick, counter: counter, tickBits: bits)
            for (timer, time) in [20 * tick, 20 * tick + tick / 2, 21 * tick, .max].enumerated() {
                timers.arm(timer, at: time)
            }
            #expect(timers.takeDue(by: 20 * tick - 1) == nil)
            #expect(timers.takeDue(by: 20 * tick) == 0)
            // With one unit a tick the second is of the same tick as the first.
            if bits == 0 { #expect(timers.takeDue(by: 20 * tick) == 1) }
            #expect(timers.takeDue(by: 21 * tick - 1) == nil)
            #expect(timers.next! <= 21 * tick)
            if bits > 0 { #expect(timers.takeDue(by: 21 * tick) == 1) }
            #expect(timers.takeDue(by: 21 * tick) == 2)
            #expect(timers.takeDue(by: .max - tick - 1) == nil)
            #expect(timers.count == 1)
            #expect(timers.takeDue(by: .max - 1) == 3)
        }
    }

    /// A million that are due at once may be taken some at a time, in the order in which they were armed.
    @Test func givenAStormItComesInOrder() {
        let count = 1_000_000
        var armings: UInt64 = 0
        var wheel = TimerWheel(capacity: count, now: 1)
        // Each is put off, in another order than that in which it waits.
        for timer in 0..<count { wheel.arm(timer, at: 500, &armings) }
        for timer in 0..<count { wheel.arm((timer * 7_919) % count, at: 1 << 20, &armings) }
        var came = 0
        while let timer = wheel.takeDue(by: 1 << 40) {
            if timer != (came * 7_919) % count || wheel.now != 1 << 20 {
                Issue.record("\(timer) came \(came + 1)th, at \(wheel.now)")
                break
            }
            came += 1
        }
        #expect(came == count)
        #expect(wheel.now == 1 << 40)
    }

    /// Steps of the wheel, not of the clock.
    @Test(.timeLimit(.minutes(5)))
    func givenTimeThatJumpsByYearsFewStepsAreTaken() {
        var armings: UInt64 = 0
        var wheel = TimerWheel(capacity: 4, now: 0)
        wheel.arm(3, at: 1 << 39, &armings)
        wheel.arm(0, at: 1 << 50, &armings)
        wheel.arm(1, at: 1 << 40 + 77, &armings)
        wheel.arm(2, at: .max - 1, &armings)
        // The earliest of those that are far away is not armed any more.
        wheel.disarm(3)
        var steps = 0
        while let next = wheel.next, wheel.takeDue(by: next) == nil { steps += 1 }
        #expect(wheel.now == 1 << 40 + 77 && steps <= 6)
        #expect(wheel.takeDue(by: 1 << 62) == 0)
        #expect(wheel.takeDue(by: 1 << 62) == nil)
        #expect(wheel.takeDue(by: .max - 1) == 2)
        #expect(wheel.next == nil && wheel.count == 0)
    }
}

extension TimerWheel {
    fileprivate mutating func arm(_ timer: Int, at tick: UInt64, _ armings: inout UInt64) {
        armings += 1
        arm(timer, at: tick, number: armings)
    }
}
