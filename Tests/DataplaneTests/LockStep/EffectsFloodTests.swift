// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Synchronization
import TestSupport
import Testing

@testable import Dataplane

/// Workers that hand frames to each other faster than these are taken: nobody waits for anybody.
@Suite(.usesEAL) struct EffectsFloodTests {
    /// Workers hear of commands, and publish their tallies, after 256 rounds, which are slow here.
    private static let patience = Duration.seconds(300)

    /// Frames of all effects without end on both ports, each polled by a worker of its own.
    private func floods(_ folder: borrowing TemporaryFolder) throws -> [TestPort] {
        try EffectTraffic.make(seed: 41, count: 900).enumerated().map { index, frames in
            var file = PcapFile(precision: .nano)
            for (_, frame) in frames { file.add(frame, seconds: 1, fraction: 0) }
            let path = try folder.write(file.bytes, to: "\(index).pcap")
            return try TestPort("net_pcap", arguments: "rx_pcap=\(path),infinite_rx=1")
        }
    }

    private func expectOneFate(_ tallies: TallySet) {
        #expect(tallies.balances)
        #expect(tallies.inFlight == 0 && tallies.inBuffers == 0)
        #expect(tallies.rxHandedOff == tallies.rxTaken)
        // Twelve hosts.
        #expect(tallies.parked <= UInt64(12 * Effect.mostWaiting))
    }

    @Test(arguments: zip([2, 4], [8, 64]))
    func givenFloodsBothWaysAndSmallRingsTheWorkersComeToAnEnd(
        workers: Int, ringSlots: Int
    ) async throws {
        let folder = try TemporaryFolder()
        let flood = try EffectsFlood(workers: workers, ringSlots: ringSlots, try floods(folder))
        defer { flood.close() }
        try flood.launch()
        await wait(for: "rounds with frames of all workers", patience: Self.patience) {
            flood.bench.group.workers.map { $0.readRounds() }.allSatisfy {
                $0.rounds - $0.emptyRounds > 3
            }
        }
        await flood.bench.finish(patience: Self.patience)
        expectOneFate(flood.tallies)
        #expect(flood.tallies.generated > 0 && flood.tallies.rxTaken > 0)
        #expect(flood.early == 0)
    }

    /// One of them is stopped where it has frames to work on: what comes for it does not fit, and is dropped by
    /// that name, while the others' frames pass.
    @Test(arguments: [2, 4]) func givenAWorkerThatIsHeldTheOthersGoOn(workers: Int) async throws {
        let folder = try TemporaryFolder()
        let flood = try EffectsFlood(workers: workers, ringSlots: 64, try floods(folder))
        defer { flood.close() }
        try flood.launch()
        let held = flood.bench.group.workers[1]
        EffectsRoad.held.store(1, ordering: .releasing)
        await wait(for: "the worker to stand still", patience: Self.patience) {
            EffectsRoad.standing.load(ordering: .acquiring) == 1
        }
        let (before, rounds) = (flood.tallies, held.readRounds().rounds)
        await wait(for: "frames that do not fit, and others that pass", patience: Self.patience) {
            let now = flood.tallies
            return now.dropped(.handoffFull).frames > before.dropped(.handoffFull).frames + 1_000
                && now.transmitted.frames > before.transmitted.frames + 1_000
        }
        #expect(held.readRounds().rounds == rounds)
        EffectsRoad.held.store(-1, ordering: .releasing)
        await wait(for: "the worker that was held", patience: Self.patience) {
            held.readRounds().rounds > rounds
        }
        await flood.bench.finish(patience: Self.patience)
        expectOneFate(flood.tallies)
    }

    /// A question that nobody answers ends in time, though no frame comes that would look at the clock.
    @Test func givenNoFramesTheTimersOfALiveWorkerCome() async throws {
        let source = try TestPort.loop()
        let flood = try EffectsFlood(workers: 1, ringSlots: 64, [source, try TestPort.void()])
        defer { flood.close() }
        try flood.launch()
        for round in 1...3 as ClosedRange<UInt64> {
            var burst = try Burst.of(
                (0..<20).map {
                    Frames.udp(
                        from: (0x0a00_0001, 4_000), to: (0x0a00_0100 + $0, Effect.ask.rawValue),
                        number: $0)
                })
            for index in 0..<burst.count { burst[index].port = source.index }
            #expect(burst.transmit(port: source.index, queue: 0) == 20)
            await wait(for: "the answers that nobody gave", patience: Self.patience) {
                flood.tallies.generated == 20 * round
            }
        }
        await flood.bench.finish(patience: Self.patience)
        #expect(flood.tallies.parked == 0)
        #expect(flood.tallies.balances)
        #expect(flood.early == 0)
    }
}
