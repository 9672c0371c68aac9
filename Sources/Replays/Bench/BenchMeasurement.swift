// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import Forwarding
import Glibc

/// Waits while workers work, and takes the difference between two readings of what they publish.
/// Control thread: a worker is neither stopped nor asked.
struct BenchMeasurement {
    private struct Reading {
        var tallies: [TallySet]
        var rounds: [RoundCounts]
        var cycles: [RoundCycles]
    }

    private let group: WorkerGroup
    /// Reasons for which frames are dropped that count like those that left.
    private let expected: Set<DropReason>
    private var first: Reading
    private var last: Reading
    private(set) var isInterrupted = false

    private static let warmUp = Duration.milliseconds(200)

    init(_ forwarder: Forwarder, expected: Set<DropReason> = []) {
        group = forwarder.group
        self.expected = expected
        let count = group.workers.count
        first = Reading(
            tallies: Array(repeating: TallySet(), count: count),
            rounds: Array(repeating: RoundCounts(), count: count),
            cycles: Array(repeating: RoundCycles(), count: count))
        last = first
    }

    mutating func run(_ extent: Bench.Extent, _ progress: (Bench.Phase) -> Void) {
        let clock = ContinuousClock()
        switch extent {
        case .seconds(let seconds):
            wait(progress, until: clock.now + Self.warmUp) { _ in 0 }
            // Whoever ends it here has what there was since the start.
            if !isInterrupted { first = read() }
            let began = clock.now
            let length = Duration.seconds(seconds)
            wait(progress, until: began + length) { _ in (clock.now - began) / length }
        case .frames(let frames):
            wait(progress, until: nil) { [expected] tallies in
                // Frames that are lost never leave, and what is lost is wrong anyway.
                tallies.droppedFrames > tallies.dropped(for: expected)
                    ? 1 : Double(tallies.through(expected)) / Double(frames)
            }
        }
        last = read()
    }

    /// - Parameter share: how much is done, 1 when it is over; asked for with what the workers last
    ///   published when there is no deadline.
    private mutating func wait(
        _ progress: (Bench.Phase) -> Void, until deadline: ContinuousClock.Instant?,
        _ share: (TallySet) -> Double
    ) {
        let clock = ContinuousClock()
        var nextProgress = clock.now
        while true {
            if Interruption.isRequested {
                isInterrupted = true
                return
            }
            // With a deadline nothing is read meanwhile: the workers' cache lines stay theirs.
            let done = share(deadline == nil ? group.readTallies() : TallySet())
            if deadline.map({ clock.now >= $0 }) ?? (done >= 1) { return }
            if clock.now >= nextProgress {
                nextProgress = clock.now + .milliseconds(200)
                progress(.measuring(min(1, done)))
            }
            usleep(1_000)
        }
    }

    private func read() -> Reading {
        Reading(
            tallies: group.workers.map { $0.readTallies() },
            rounds: group.workers.map { $0.readRounds() },
            cycles: group.workers.map { $0.readCycles() })
    }

    /// Of the frames that left, without FCS.
    var bytesPerFrame: Double {
        let (frames, bytes) = zip(first.tallies, last.tallies).reduce((UInt64(0), UInt64(0))) {
            (
                $0.0 + $1.1.transmitted.frames - $1.0.transmitted.frames,
                $0.1 + $1.1.transmitted.bytes - $1.0.transmitted.bytes
            )
        }
        return frames == 0 ? 0 : Double(bytes) / Double(frames)
    }

    /// Each worker's rate is by the clock that it published with its counters, so that it does not
    /// matter when exactly they were read.
    func measured() -> BenchWorkloadReport.Measured {
        var result = BenchWorkloadReport.Measured()
        let frequency = TimestampCounter.frequency
        result.ticksPerSecond = frequency
        var received: UInt64 = 0
        var bursts: UInt64 = 0
        for (before, after) in zip(first.tallies, last.tallies) {
            let ticks = after.ticks - before.ticks
            let packets = after.through(expected) - before.through(expected)
            guard ticks > 0 else { continue }
            result.packets += packets
            result.ticks += ticks
            result.packetsPerSecond += Double(packets) / Double(ticks) * Double(frequency)
            received += after.received.frames - before.received.frames
            bursts += after.burstsReceived - before.burstsReceived
        }
        result.seconds = Double(result.ticks) / Double(frequency) / Double(first.tallies.count)
        result.packetsPerBurst = bursts == 0 ? 0 : Double(received) / Double(bursts)
        result.stages = stages(packets: result.packets)
        return result
    }

    /// What the sampled rounds of each worker took, times the rounds that each of them stands for.
    private func stages(packets: UInt64) -> [String: Double] {
        var stages: [String: Double] = [:]
        for worker in group.workers.indices {
            let cycles = last.cycles[worker] - first.cycles[worker]
            let rounds = last.rounds[worker].rounds - first.rounds[worker].rounds
            guard cycles.rounds > 0, packets > 0 else { continue }
            let weight = Double(rounds) / Double(cycles.rounds) / Double(packets)
            for part in RoundPart.allCases where cycles.ticks(part) > 0 {
                stages[part.name, default: 0] += Double(cycles.ticks(part)) * weight
            }
        }
        return stages
    }
}

extension TallySet {
    fileprivate func dropped(for reasons: Set<DropReason>) -> UInt64 {
        reasons.reduce(0) { $0 + dropped($1).frames }
    }

    /// Frames that left, or were dropped as expected.
    fileprivate func through(_ expected: Set<DropReason>) -> UInt64 {
        transmitted.frames + dropped(for: expected)
    }
}
