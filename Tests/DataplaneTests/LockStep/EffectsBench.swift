// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport

@testable import Dataplane

/// Replays frames along the harness's road between two ports.
struct EffectsBench {
    var workers: Int
    var inputs: [[(time: UInt64, frame: [UInt8])]]
    var isLockStep = true
    var burst = Burst.capacity
    var ringSlots = 1024
    var end: UInt64?

    func run() async throws -> ReplayBench.Result {
        let pool = try TestEnvironment.pool
        // Numbers what is armed: of all workers in lock-step, of each its own elsewhere.
        let counters = UnsafeMutablePointer<UInt64>.allocate(capacity: workers)
        counters.initialize(repeating: 0, count: workers)
        defer { counters.deallocate() }
        EffectsRoad.effects = (0..<workers).map { _ in SharedEffects(pool) }
        defer { EffectsRoad.effects = [] }
        var bench = ReplayBench(mode: .crossConnect, workers: workers, inputs: inputs)
        bench.isLockStep = isLockStep
        bench.burst = burst
        bench.ringSlots = ringSlots
        bench.end = end
        bench.mostCopies = Int(Effect.copies)
        bench.hasSecondHops = true
        bench.entry = EffectsRoad.loop
        bench.start = { group in
            group.lockStep?.use(EffectsInLockStep.self)
            for worker in group.workers {
                let timers = UnsafeMutablePointer<WorkerTimers>.allocate(capacity: 1)
                timers.initialize(
                    to: WorkerTimers(
                        capacity: SharedEffects.timers, now: 0,
                        counter: isLockStep ? counters : counters + worker.index))
                worker.state.pointee.timers = timers
            }
        }
        return try await bench.run { ports in crossing([(ports[0], ports[1])]) }
    }
}

/// Frames that affect each other, made from a seed.
enum EffectTraffic {
    /// The hosts, ports and times of a capture's first packets of IPv4, on either port in turns, with an effect each.
    /// - Parameter capture: a little-endian pcap file.
    static func of(_ capture: [UInt8]) -> [[(time: UInt64, frame: [UInt8])]] {
        func word(_ offset: Int) -> UInt64 {
            capture[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func number(_ range: Range<Int>) -> UInt32 {
            capture[range].reduce(0) { $0 << 8 | UInt32($1) }
        }
        var inputs: [[(time: UInt64, frame: [UInt8])]] = [[], []]
        var first: UInt64?
        let unit: UInt64 = word(0) == 0xa1b2_3c4d ? 1 : 1_000
        var (offset, count) = (24, 0)
        while offset + 16 <= capture.count, count < 2_000 {
            let time = word(offset) * 1_000_000_000 + word(offset + 4) * unit
            let (start, length) = (offset + 16, Int(word(offset + 8)))
            offset = start + length
            guard length >= 38, capture[start + 12] == 8, capture[start + 13] == 0 else { continue }
            if first == nil { first = time }
            let source = number(start + 26..<start + 30)
            let port = UInt16(truncatingIfNeeded: number(start + 34..<start + 36))
            let effect = Effect.allCases[count % Effect.allCases.count]
            let frame = Frames.udp(
                from: (source, port),
                to: (number(start + 30..<start + 34), effect.rawValue), number: UInt32(count))
            // Captures that were merged may go backwards.
            let last = inputs[count % 2].last?.time ?? 0
            inputs[count % 2].append((max(last, time - min(time, first!)), frame))
            count += 1
        }
        return inputs
    }

    /// Two ports, 12 hosts, so many frames; most follow each other closely, many have one time, and now and then
    /// time goes on by more than a question waits.
    static func make(
        seed: UInt64, count: Int, effects: [Effect] = Effect.allCases
    ) -> [[(time: UInt64, frame: [UInt8])]] {
        var random = SeededGenerator(seed: seed)
        var inputs: [[(time: UInt64, frame: [UInt8])]] = [[], []]
        var time: UInt64 = 0
        for number in 0..<count {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30: break
            case 30..<97: time += UInt64.random(in: 1...4_000, using: &random)
            default: time += UInt64.random(in: 1...200_000, using: &random)
            }
            let effect = effects.randomElement(using: &random)!
            let host = 0x0a00_0000 + UInt32.random(in: 0..<12, using: &random)
            let other = 0x0a00_0000 + UInt32.random(in: 0..<12, using: &random)
            let port = UInt16.random(in: 4_000..<4_004, using: &random)
            inputs[Int.random(in: 0..<2, using: &random)].append(
                (
                    time,
                    Frames.udp(
                        from: (host, port), to: (other, effect.rawValue), number: UInt32(number))
                ))
        }
        return inputs
    }
}
