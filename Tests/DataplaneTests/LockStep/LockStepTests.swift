// SPDX-License-Identifier: Apache-2.0

import EALSupport
import Foundation
import TestSupport
import Testing

@testable import Dataplane

/// The order law: frames that affect each other, across workers, come to the same for any number of them.
@Suite(.usesEAL) struct LockStepTests {
    /// More in `make invariance`.
    private static let seeds: ClosedRange<UInt64> = Invariance.isWanted ? 1...40 : 1...3
    private static let workerCounts = Invariance.isWanted ? [1, 2, 3, 4, 8, 16] : [1, 4, 16]
    private static let bursts = Invariance.isWanted ? [1, 7, 17, 64] : [1, 17, 64]

    @Test(arguments: seeds, workerCounts)
    func givenSharedEffectsWhatLeavesIsWhatTheModelSays(seed: UInt64, workers: Int) async throws {
        let traffic = EffectTraffic.make(seed: seed, count: 1_200)
        let last = traffic.compactMap(\.last?.time).max()!
        // Of what waits then, some has come.
        let end = seed.isMultiple(of: 2) ? last + Effect.patience / 2 : nil
        let model = EffectsModel(traffic, end: end)
        let result = try await EffectsBench(workers: workers, inputs: traffic, end: end).run()
        expect(result, model, "seed \(seed)")
        // Each has a part in it.
        #expect(result.worked.allSatisfy { $0 > 0 } || workers > 12, "\(result.worked)")
        #expect(result.worked.count { $0 > 0 } > workers / 2)
    }

    /// What a stage decides within the owner of the flow is the same for any burst.
    @Test(arguments: seeds, bursts)
    func givenEffectsWithinFlowsAnyBurstGivesTheSame(seed: UInt64, burst: Int) async throws {
        let traffic = EffectTraffic.make(seed: seed, count: 1_200, effects: [.plain, .flowLimit])
        let model = EffectsModel(traffic)
        let result = try await EffectsBench(
            workers: 1, inputs: traffic, isLockStep: false, burst: burst
        ).run()
        expect(result, model, "seed \(seed)")
    }

    /// By threads the order between workers is open. What must hold: each frame has one fate, nothing hangs, and no
    /// limit is passed.
    @Test(arguments: [1, 3, 8], [8, 64, 1024])
    func givenThreadsAndSmallRingsTheLedgerBalances(workers: Int, ringSlots: Int) async throws {
        let traffic = EffectTraffic.make(seed: 77, count: 1_500)
        let result = try await EffectsBench(
            workers: workers, inputs: traffic, isLockStep: false, burst: 17, ringSlots: ringSlots
        ).run()
        #expect(result.tallies.balances)
        #expect(result.tallies.inFlight == 0)
        #expect(result.tallies.received.frames == 1_500)
        let sent = (result.frames(0) + result.frames(1)).filter { $0[36] != 0x07 || $0[37] != 0xd0 }
            .map(EffectFrame.init)
        let limited = sent.filter { $0.effect == .destinationLimit || $0.effect == .spread }
        for (_, frames) in Dictionary(grouping: limited, by: \.destination) {
            #expect(frames.count <= Effect.mostOfDestination)
        }
        for (_, frames) in Dictionary(grouping: sent.filter { $0.effect == .flowLimit }, by: \.flow)
        {
            #expect(frames.count <= Effect.mostOfFlow)
        }
        if ringSlots == 1024 { #expect(result.tallies.dropped(.handoffFull).frames == 0) }
    }

    /// The product's own stages, with the ports, drops and order of any number of workers.
    @Test(arguments: [1, 2, 5, 16])
    func givenFramesThatDoNotAffectEachOtherLockStepKeepsTheirOrder(workers: Int) async throws {
        var bench = ReplayBench(
            mode: .crossConnect, workers: workers, inputs: ReplayTests.traffic)
        bench.isLockStep = true
        let result = try await bench.run { ports in crossing([(ports[0], ports[1])]) }
        #expect(result.frames(1) == ReplayTests.traffic[0].map(\.frame))
        #expect(result.frames(0) == ReplayTests.traffic[1].map(\.frame))
        #expect(result.tallies.balances)
        #expect(result.tallies.rxHandedOff == 0)
        #expect(result.tallies.received.frames == 2_000)
    }

    @Test(
        arguments: [
            "real/zeek-wikipedia.pcap", "route-ecmp/wan.in.pcap", "route-steps/wan.in.pcap",
        ], workerCounts)
    func givenTheHostsAndTimesOfACaptureTheModelHolds(capture: String, workers: Int) async throws {
        let file = Repository.root.appending(path: "Tests/Captures/\(capture)")
        let traffic = EffectTraffic.of([UInt8](try Data(contentsOf: file)))
        try #require(traffic[0].count + traffic[1].count >= 50)
        let result = try await EffectsBench(workers: workers, inputs: traffic).run()
        expect(result, EffectsModel(traffic), "\(capture)")
    }

    /// A capture whose frames all have one time, and one that goes on by years and then by seconds.
    @Test(arguments: [1, 4])
    func givenTimesThatStandStillOrJumpTheModelHolds(workers: Int) async throws {
        var standing = EffectTraffic.make(seed: 5, count: 600)
        for port in 0..<2 { for index in standing[port].indices { standing[port][index].time = 9 } }
        let result = try await EffectsBench(workers: workers, inputs: standing).run()
        expect(result, EffectsModel(standing), "one time")

        var jumping = EffectTraffic.make(seed: 6, count: 900)
        let year: UInt64 = 31_556_952_000_000_000
        for port in 0..<2 {
            for index in jumping[port].indices {
                let third = UInt64(index * 3 / jumping[port].count)
                jumping[port][index].time += [0, 20 * year, 21 * year][Int(third)]
            }
        }
        let later = try await EffectsBench(workers: workers, inputs: jumping).run()
        expect(later, EffectsModel(jumping), "years")
    }

    /// Questions of one time to thousands of hosts, none of which answers.
    @Test(arguments: workerCounts) func givenThousandsThatAreDueAtOnceTheModelHolds(
        workers: Int
    ) async throws {
        var storm: [[(time: UInt64, frame: [UInt8])]] = [[], []]
        for number in 0..<3_000 as Range<UInt32> {
            storm[Int(number) % 2].append(
                (
                    number < 2_990 ? 7 : 7 + 2 * Effect.patience,
                    Frames.udp(
                        from: (0x0a00_0001, 4_000),
                        to: (0x0a01_0000 + number, Effect.ask.rawValue), number: number)
                ))
        }
        let result = try await EffectsBench(workers: workers, inputs: storm).run()
        #expect(result.tallies.generated == 2_990)
        expect(result, EffectsModel(storm), "storm")
    }

    private func expect(_ result: ReplayBench.Result, _ model: EffectsModel, _ comment: Comment) {
        for port in 0..<2 {
            let sent = result.frames(port)
            let first = zip(sent, model.sent[port]).enumerated().first { $1.0 != $1.1 }?.offset
            let isSame = sent == model.sent[port]
            #expect(isSame, "\(comment): port \(port) differs from frame \(first ?? -1) on")
        }
        let tallies = result.tallies
        #expect(tallies.balances, comment)
        #expect(tallies.inFlight == 0 && tallies.inBuffers == 0, comment)
        #expect(tallies.rxHandedOff == tallies.rxTaken, comment)
        #expect(tallies.parked == UInt64(model.waiting), comment)
        #expect(tallies.dropped(Effect.limited).frames == UInt64(model.limited.count), comment)
        #expect(tallies.dropped(Effect.displaced).frames == UInt64(model.displaced.count), comment)
        #expect(tallies.generated == UInt64(model.answered), comment)
        for (reason, all) in [
            (Effect.limited, model.limited), (Effect.displaced, model.displaced),
        ] {
            // The last that were dropped, in the order in which they came in; those of one frame as they were dropped.
            let kept = all.suffix(16).enumerated().sorted {
                ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
            }
            let isSame = (result.drops[reason] ?? []).map(\.bytes) == kept.map(\.element.bytes)
            #expect(isSame, "\(comment): other frames kept of \(reason)")
        }
        #expect(
            tallies.droppedFrames == UInt64(model.limited.count + model.displaced.count), comment)
    }
}

/// Whether `make invariance` asks for all of it.
enum Invariance {
    static let isWanted = ProcessInfo.processInfo.environment["FREEWAY_INVARIANCE"] != nil
}
