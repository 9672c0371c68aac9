// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Synchronization
import TestSupport

@testable import Dataplane

/// Live workers along the harness's road. Each port is polled by one of them, and what leaves is counted and forgotten.
final class EffectsFlood {
    let bench: GroupBench
    private let ports: [TestPort]
    private let counters: UnsafeMutablePointer<UInt64>

    /// - Parameter ports: two; closed with this.
    init(workers: Int, ringSlots: Int, _ ports: [TestPort]) throws {
        let pool = try TestEnvironment.pool
        self.ports = ports
        counters = .allocate(capacity: workers)
        counters.initialize(repeating: 0, count: workers)
        EffectsRoad.held.store(-1, ordering: .releasing)
        EffectsRoad.standing.store(-1, ordering: .releasing)
        EffectsRoad.effects = (0..<workers).map { _ in SharedEffects(pool) }
        var description = WorkerGroup.Description(
            mode: .crossConnect, lcores: TestEnvironment.lcores(workers),
            ports: ports.enumerated().map { number, port in
                WorkerGroup.PortDescription(
                    port: port.index, rxWorkers: [number % workers], txWorkers: [0],
                    txQueueOfWorker: [Int](repeating: 0, count: workers),
                    isSteered: workers > 1, way: .discard)
            })
        description.ringSlots = ringSlots
        description.hasSecondHops = true
        bench = try GroupBench(description, crossing([(ports[0].index, ports[1].index)]))
        for worker in bench.group.workers {
            let timers = UnsafeMutablePointer<WorkerTimers>.allocate(capacity: 1)
            timers.initialize(
                to: WorkerTimers(
                    capacity: SharedEffects.timers, now: TimestampCounter.now,
                    counter: counters + worker.index, tickBits: WorkerTimers.liveTickBits))
            worker.state.pointee.timers = timers
        }
    }

    func launch() throws {
        for worker in bench.group.workers {
            try worker.launch(.floating, running: EffectsRoad.liveLoop)
        }
    }

    var tallies: TallySet { bench.tallies }

    /// Timers that came before their time; the workers must have returned.
    var early: Int { EffectsRoad.effects.reduce(0) { $0 + $1.early } }

    func close() {
        EffectsRoad.held.store(-1, ordering: .releasing)
        bench.stop()
        EffectsRoad.effects = []
        for port in ports { port.close() }
        counters.deallocate()
    }
}
