// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Workers that poll devices: hand-off, full queues, snapshots that change, the end.
@Suite(.usesEAL) struct LiveTests {
    @Test func givenAnLcoreThatDoesNotExistTheErrorNamesIt() throws {
        let description = WorkerGroup.Description(
            mode: .crossConnect, lcores: [Lcore(index: 120)], ports: [])
        let bench = try GroupBench(description, Snapshot(ports: [:]))
        let error = #expect(throws: DPDKError.self) { try bench.group.launch(.floating) }
        #expect(error?.operation == "launch on lcore 120, which does not exist")
    }

    /// A worker that shares its CPU looks for commands in every round that brings nothing: the ledger, which takes a
    /// kilobyte and a half, is published when frames moved, and rounds are read in place.
    @Test func givenRoundsThatBringNothingNoLedgerIsPublished() async throws {
        let bench = try LiveBench(workers: 1)
        defer { bench.close() }
        let worker = bench.group.group.workers[0]
        try bench.group.group.launch(.floating)
        await wait(for: "the first turn of housekeeping") { worker.heartbeat > 0 }
        let published = worker.readTallies().ticks
        var (rounds, beats): (Set<UInt64>, Set<UInt64>) = ([], [])
        await wait(for: "rounds") {
            rounds.insert(worker.readRounds().rounds)
            beats.insert(worker.heartbeat)
            return rounds.count >= 10 && beats.count >= 10
        }
        #expect(worker.readTallies().ticks == published)
        let counts = worker.readRounds()
        #expect(counts.rounds > 0 && counts.busyTicks == 0)

        // When a frame comes, then it is there at once.
        try await bench.feedAll(1)
        await wait(for: "the frame") { bench.tallies.received.frames == 1 }
        await bench.group.finish()
        #expect(bench.tallies.transmitted.frames == 1)
    }

    /// The sinks have one transmit queue, which worker 0 owns: the others hand theirs over.
    @Test(arguments: 1...4)
    func givenOneTransmitQueueAllWorkersSendThroughItsOwner(workers: Int) async throws {
        let bench = try LiveBench(workers: workers)
        defer { bench.close() }
        try bench.group.group.launch(.floating)
        try await bench.feedAll(3000)
        await wait(for: "all frames") {
            bench.drain()
            return bench.arrived == 3000
        }
        await bench.group.finish()
        let tallies = bench.tallies
        #expect(tallies.balances)
        #expect(tallies.droppedFrames == 0)
        #expect(tallies.received(port: bench.source.index).frames == 3000)
        #expect(tallies.transmitted(port: bench.sinks[0].index).frames == 3000)
        #expect((tallies.txHandedOff > 0) == (workers > 1))
        #expect((tallies.rxHandedOff > 0) == (workers > 1))
        // Order within each flow.
        for flow in Dictionary(grouping: bench.received[0], by: { $0 % 50 }).values {
            #expect(flow == flow.sorted())
        }
    }

    /// Worker 1 does not run: its ring holds 7 frames, the others find it full.
    @Test func givenAWorkerThatTakesNothingFramesForItAreDroppedAsHandoffFull() async throws {
        let bench = try LiveBench(workers: 2, ringSlots: 8)
        defer { bench.close() }
        try bench.group.group.workers[0].launch(.floating)
        try await feedWithoutDraining(bench, 500)
        let owned = bench.tallies.rxHandedOff
        #expect(owned == 7)
        let full = bench.tallies.dropped(.handoffFull).frames
        #expect(full > 0)
        #expect(bench.tallies.inFlight == 7)
        #expect(bench.tallies.transmitted.frames == 500 - 7 - full)

        // At the end what waits for it is dropped too, and counted.
        bench.group.stop()
        #expect(bench.tallies.inFlight == 0)
        #expect(bench.tallies.dropped(.shutdown).frames == 7)
        #expect(bench.tallies.balances)
    }

    /// The sink is a ring of 1,023 frames that nobody empties.
    @Test func givenASinkThatTakesNoMoreFramesAreDroppedAsTxQueueFull() async throws {
        let bench = try LiveBench(workers: 1)
        defer { bench.close() }
        try bench.group.group.launch(.floating)
        try await feedWithoutDraining(bench, 1500)
        #expect(bench.tallies.transmitted.frames == 1023)
        #expect(bench.tallies.dropped(.txQueueFull).frames == 477)
        await bench.group.finish()
        #expect(bench.tallies.balances)
        bench.drain()
        #expect(bench.received[0].count == 1023)
    }

    /// Each snapshot sends frames to the one sink or to the other.
    @Test(arguments: [1, 3])
    func givenSnapshotsThatAreReplacedUnderLoadNothingIsLost(workers: Int) async throws {
        let bench = try LiveBench(workers: workers, sinks: 2)
        defer { bench.close() }
        let publication = bench.group.group.publication
        try bench.group.group.launch(.floating)
        var swaps = 0
        try await bench.feedAll(8000) { fed in
            swaps += 1
            publication.publish(
                crossing([(bench.source.index, bench.sinks[swaps % 2].index)]))
        }
        await wait(for: "all frames") {
            bench.drain()
            return bench.arrived == 8000
        }
        await wait(for: "old snapshots to go") { publication.reclaim() == 0 }
        await bench.group.finish()
        #expect(swaps >= 200)
        #expect(Set(bench.received.joined()).count == 8000)
        #expect(bench.received.allSatisfy { !$0.isEmpty })
        #expect(bench.tallies.droppedFrames == 0)
        #expect(bench.tallies.balances)
    }

    /// The word is looked at in housekeeping: rounds are watched from the next turn on, and no longer after another.
    @Test func givenAnotherWatcherARunningWorkerTakesItOver() async throws {
        let bench = try LiveBench(workers: 1)
        defer { bench.close() }
        let worker = bench.group.group.workers[0]
        try bench.group.group.launch(.floating)
        // One round in 256 is sampled; each takes some milliseconds where busy programs share the CPU.
        await wait(for: "rounds") { worker.readRounds().rounds > 1_000 }
        #expect(worker.readCycles().rounds == 0)
        worker.watch = .cycles
        await wait(for: "sampled rounds") { worker.readCycles().rounds >= 2 }
        worker.watch = .nobody
        let before = worker.readRounds().rounds
        await wait(for: "a turn of housekeeping") { worker.readRounds().rounds > before + 300 }
        let sampled = worker.readCycles().rounds
        await wait(for: "many rounds") { worker.readRounds().rounds > before + 1_300 }
        #expect(worker.readCycles().rounds == sampled)
        await bench.group.finish()
    }

    /// Full rate from net_null into the void; reading never stops a worker, and each set balances.
    @Test(arguments: [Worker.Loop.pinned, .floating], [1, 2])
    func givenFullRateEachSetOfCountersThatIsReadBalances(loop: Worker.Loop, workers: Int)
        async throws
    {
        let source = try TestPort("net_null", arguments: "size=64", txQueues: workers)
        let sink = try TestPort.void(txQueues: workers)
        defer {
            source.close()
            sink.close()
        }
        let bench = try GroupBench(
            WorkerGroup.Description(
                mode: .crossConnect, lcores: TestEnvironment.lcores(workers),
                ports: [
                    WorkerGroup.PortDescription(
                        port: source.index, rxWorkers: [0],
                        txWorkers: Array(0..<workers), txQueueOfWorker: Array(0..<workers),
                        isSteered: workers > 1),
                    WorkerGroup.PortDescription(
                        port: sink.index, rxWorkers: [], txWorkers: Array(0..<workers),
                        txQueueOfWorker: Array(0..<workers),
                        isSteered: workers > 1),
                ]), crossing([(source.index, sink.index)]))
        try bench.group.launch(loop)
        await wait(for: "100,000 frames") {
            for worker in bench.group.workers { #expect(worker.readTallies().balances) }
            return bench.tallies.received.frames > 100_000
        }
        await bench.finish()
        let tallies = bench.tallies
        #expect(tallies.balances)
        #expect(tallies.inFlight == 0)
        #expect(tallies.dropped(.shutdown).frames == 0)
        #expect(
            tallies.transmitted(port: sink.index).frames + tallies.dropped(.handoffFull).frames
                == tallies.received.frames)
        #expect(tallies.received.bytes == 64 * tallies.received.frames)
        let rounds = bench.group.workers.map { $0.readRounds() }
        #expect(rounds.allSatisfy { $0.rounds > $0.emptyRounds } || workers > 1)
        #expect(tallies.burstsReceived > 0)
        #expect(bench.group.workers.allSatisfy { $0.lifeState == .stopped })
    }

    private func feedWithoutDraining(_ bench: LiveBench, _ count: Int) async throws {
        var fed = 0
        while fed < count {
            fed += try bench.feed((fed..<min(count, fed + 50)).map(LiveBench.frame))
            await wait(for: "the worker") { bench.tallies.received.frames == UInt64(fed) }
        }
    }
}
