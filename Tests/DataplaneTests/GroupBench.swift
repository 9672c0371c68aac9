// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Workers on lcores of their own, with virtual devices around them.
final class GroupBench {
    let group: WorkerGroup
    private var isStopped = false

    init(_ description: WorkerGroup.Description, _ snapshot: Snapshot) throws {
        group = try WorkerGroup(description, snapshot: snapshot)
    }

    var tallies: TallySet { group.readTallies() }

    /// Takes nothing more in, lets what is under way arrive, and stops.
    func finish(patience: Duration = .seconds(20)) async {
        group.drain()
        await wait(for: "frames between workers", patience: patience) { group.isDrained }
        stop()
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        group.stop()
    }

    deinit {
        stop()
        group.free()
    }
}

/// Replays frames through the production pipeline, and gives what each port sent, in the order of
/// each worker.
struct ReplayBench {
    var mode: ForwardMode
    var workers: Int
    /// By position: the frames that a port receives, and their times.
    var inputs: [[(time: UInt64, frame: [UInt8])]]
    var ringSlots = 1024
    var loop = Worker.Loop.floating
    var pool: Mempool?
    var keptDrops = 16
    var rounds = 1
    var burst = Burst.capacity
    /// One frame at a time on the calling thread, instead of threads for the workers.
    var isLockStep = false
    /// In lock-step: how long time goes on behind the last frame.
    var end: UInt64?
    /// Frames that leave for each that comes in, at most.
    var mostCopies = 1
    var hasSecondHops = false
    /// Runs the workers in another way than with the product's road; they are ready.
    var start: (WorkerGroup) throws -> Void = { _ in }
    var entry: Worker.Entry?

    struct Result {
        let tallies: TallySet
        let states: [Worker.State]
        /// By position of the port, then by worker.
        let sent: [[[[UInt8]]]]
        let ports: [UInt16]
        let journeys: JourneyLog?
        /// Frames that were taken from ports or other workers, by worker.
        let worked: [UInt64]
        /// The kept frames of the reasons that have any.
        let drops: [DropReason: [DropSample]]

        func frames(_ port: Int) -> [[UInt8]] { sent[port].flatMap { $0 } }
    }

    func run(_ snapshot: ([UInt16]) throws -> Snapshot) async throws -> Result {
        let folder = try TemporaryFolder()
        var ports: [TestPort] = []
        defer { for port in ports { port.close() } }
        for (index, input) in inputs.enumerated() {
            guard !input.isEmpty else {
                ports.append(try TestPort.void())
                continue
            }
            var file = PcapFile(precision: .nano)
            for (time, frame) in input {
                let (seconds, fraction) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
                file.add(frame, seconds: UInt32(seconds), fraction: UInt32(fraction))
            }
            ports.append(
                try TestPort.receiving(
                    try folder.write(file.bytes, to: "\(index).pcap"), pool: pool))
        }
        let total = rounds * mostCopies * inputs.reduce(0) { $0 + $1.count }
        // Big enough for all: nobody empties them while the workers run.
        var slots = 1024
        while slots <= total { slots *= 2 }
        let rings = try ports.map { _ in
            try (0..<(isLockStep ? 1 : workers)).map { _ in
                try Ring(name: TestEnvironment.uniqueName("out"), slots: slots, numaNode: nil)
            }
        }
        defer { for ring in rings.joined() { ring.free() } }
        let schedule = ReplaySchedule(
            zip(ports, inputs).map { port, input in
                ReplaySchedule.Input(
                    port: port.index, times: input.map(\.time),
                    longestFrame: input.map(\.frame.count).max() ?? 0)
            }, pool: try pool ?? TestEnvironment.pool, mbufDataByteCount: 2048, reserve: 0,
            burst: isLockStep ? 1 : burst, rounds: rounds)
        var description = WorkerGroup.Description(
            mode: mode,
            lcores: (0..<workers).map { TestEnvironment.lcores(8)[$0 % 8] },
            ports: zip(ports, rings).map { port, rings in
                WorkerGroup.PortDescription(
                    port: port.index, rxWorkers: [0],
                    txWorkers: [0], txQueueOfWorker: [Int](repeating: 0, count: workers),
                    isSteered: workers > 1,
                    way: .collector(
                        isLockStep ? rings + Array(repeating: rings[0], count: workers - 1) : rings)
                )
            }, schedule: schedule)
        description.ringSlots = ringSlots
        description.keptDrops = keptDrops
        description.isLockStep = isLockStep
        description.hasSecondHops = hasSecondHops
        let bench = try GroupBench(description, try snapshot(ports.map(\.index)))
        try start(bench.group)
        if let lockStep = bench.group.lockStep {
            try bench.group.launch(loop)
            #expect(lockStep.run(upTo: .max, time: end) { true } == .reached)
        } else {
            for worker in bench.group.workers { try worker.launch(loop, running: entry) }
            await wait(for: "the end of the replay") {
                bench.group.workers[0].lifeState == .exhausted && bench.tallies.inFlight == 0
            }
        }
        bench.stop()
        return Result(
            tallies: bench.tallies, states: bench.group.workers.map(\.lifeState),
            sent: rings.map { $0.map(contents) }, ports: ports.map(\.index),
            journeys: bench.group.takeJourneyLog(),
            worked: bench.group.workers.map {
                let tallies = $0.readTallies()
                return tallies.received.frames + tallies.rxTaken
            },
            drops: Dictionary(
                uniqueKeysWithValues: DropReason.allCases.map { ($0, bench.group.readDrops($0)) }
                    .filter { !$0.1.isEmpty }))
    }
}

/// Empties a ring.
func contents(_ ring: Ring) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var burst = Burst()
    while burst.dequeue(from: ring) > 0 {
        frames += burst.frames
        burst.removeAll()
    }
    return frames
}
