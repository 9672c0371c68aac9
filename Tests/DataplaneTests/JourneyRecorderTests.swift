// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// What a recorded replay writes down, on the workers themselves.
@Suite(.usesEAL) struct JourneyRecorderTests {
    @Test func givenNoRecordedReplayThereIsNoLog() async throws {
        let result = try await ReplayBench(
            mode: .crossConnect, workers: 1, inputs: [Self.frames(3), []]
        ).run { ports in crossing([(ports[0], ports[1])]) }
        #expect(result.journeys == nil)
    }

    @Test(arguments: 1...3) func givenALimitOnlyFramesBelowItAreWrittenDown(workers: Int)
        async throws
    {
        var bench = ReplayBench(
            mode: .crossConnect, workers: workers, inputs: [Self.frames(200), []])
        bench.loop = .recorded(
            JourneyRecorder.Limits(frames: 10..<110, bytesAtEntry: 20, bytesAtExit: 0))
        let result = try await bench.run { ports in crossing([(ports[0], ports[1])]) }
        #expect(result.tallies.transmitted.frames == 200)
        let log = try #require(result.journeys)
        #expect(log.frameCount == 100)
        for frame in 0..<100 {
            let bytes = Self.frames(200)[frame + 10].frame
            #expect(
                log.events(of: frame) == [
                    .arrived(HeldFrame(length: bytes.count, bytes: Array(bytes[..<20]))),
                    .entered(.crossConnect),
                    .sent(port: result.ports[1], HeldFrame(length: bytes.count, bytes: [])),
                ])
        }
    }

    @Test func givenMoreThanAreThereTheLogEndsWithTheLast() async throws {
        var bench = ReplayBench(mode: .crossConnect, workers: 2, inputs: [Self.frames(5), []])
        bench.loop = .recorded(
            JourneyRecorder.Limits(frames: 0..<UInt64.max, bytesAtEntry: 0, bytesAtExit: 0))
        let result = try await bench.run { ports in crossing([(ports[0], ports[1])]) }
        #expect(result.journeys?.frameCount == 5)
    }

    @Test func givenARoutedFrameEachStageTells() throws {
        let bench = try StageBench(
            try routing(), stages: [.admit, .validateIPv4, .route, .rewrite, .transmit])
        var recorder = JourneyRecorder(
            JourneyRecorder.Limits(frames: 0..<10, bytesAtEntry: 1500, bytesAtExit: 1500))
        let frame = Frames.ipv4()
        let expired = Frames.ipv4 { $0.timeToLive = 1 }
        try bench.state.burst.add([frame, expired])
        for index in 0..<2 {
            bench.state.burst[index].metadata.pointee = PacketMetadata(
                time: 0, sequence: UInt64(index))
        }
        bench.state.inPort = 0
        bench.state.runPipeline(&recorder)
        let log = JourneyLog([recorder])
        let note = try #require(
            log.events(of: 0).lazy.compactMap { event in
                if case .noted(.route, let note) = event { note } else { nil }
            }.first)
        let choice = RouteChoice(
            group: 1, nextHop: 1, outcome: .forward(interface: 1, mac: Address.neighbour))
        #expect(RouteChoice(note) == choice)
        #expect(
            log.events(of: 0) == [
                .arrived(HeldFrame(length: frame.count, bytes: frame)), .entered(.admit),
                .noted(.admit, StageNote(.ownAddress)), .entered(.validateIPv4), .entered(.route),
                .noted(.route, note), .entered(.rewrite), .entered(.transmit),
                .sent(
                    port: 1,
                    HeldFrame(
                        length: bench.sent(by: 1)[0].count, bytes: bench.sent(by: 1)[0])),
            ])
        #expect(
            log.events(of: 1).suffix(3) == [
                .noted(.route, note), .entered(.rewrite),
                .dropped(stage: .rewrite, reason: .timeToLiveExpired),
            ])
    }

    @Test func givenOriginsEachFrameHasItsPlaceInItsCapture() throws {
        let schedule = ReplaySchedule(
            [
                ReplaySchedule.Input(port: 3, times: [1, 5, 6], longestFrame: 60),
                ReplaySchedule.Input(port: 1, times: [1, 2, 9], longestFrame: 60),
            ], pool: try TestEnvironment.pool, mbufDataByteCount: 2048, reserve: 0)
        let origins = schedule.origins(count: 5)
        #expect(origins.map(\.port) == [3, 1, 1, 3, 3])
        #expect(origins.map(\.number) == [1, 1, 2, 2, 3])
        #expect(origins.map(\.time) == [1, 1, 2, 5, 6])
        #expect(schedule.place(ofFrame: 2, from: 3) == 3)
        #expect(schedule.place(ofFrame: 3, from: 1) == 5)
        #expect(schedule.place(ofFrame: 4, from: 1) == nil)
        #expect(schedule.place(ofFrame: 0, from: 1) == nil)
        #expect(schedule.place(ofFrame: 1, from: 2) == nil)
    }

    private static func frames(_ count: Int) -> [(time: UInt64, frame: [UInt8])] {
        (0..<count).map { number in
            (
                UInt64(number),
                Frames.udp(
                    from: (0xc000_0201 + UInt32(number % 7), 1000), to: (0xc633_6407, 53),
                    number: UInt32(number))
            )
        }
    }
}
