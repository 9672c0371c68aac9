// SPDX-License-Identifier: Apache-2.0

import EALSupport
import PacketHeaders

@testable import DPDK
@testable import Dataplane

/// One worker's state without a worker: frames go through its stages on the test's own thread.
/// Frames that are sent stay in the transmit buffers, for a test to look at.
final class StageBench {
    var state: WorkerState
    let publication: Publication
    private let board: TallyBoard
    let rounds = RoundCounters()
    private let cycles = CycleBoard()
    let interfaces = InterfaceCounters()
    let unclaimed = UnclaimedTraffic()
    private let errorLimits = ErrorLimits()
    private let neighbours: NeighbourTable
    private let samples: DropSampleBoard
    let gaps = GapBoard()
    let activity = ControlActivity()

    /// - Parameter isReplay: whether the frames' own times count, and every drop is kept.
    init(
        _ snapshot: Snapshot, stages: [Stage], paths: [UInt16: TransmitPath] = [:],
        handoff: Handoff? = nil, keptDrops: Int = 4, isReplay: Bool = false,
        polledQueues: [PolledQueue] = [], gapThreshold: UInt64 = .max
    ) throws {
        publication = try Publication(snapshot, workers: 1)
        neighbours = NeighbourTable(publication)
        board = TallyBoard()
        let clock = WorkerClock(isVirtual: isReplay)
        samples = DropSampleBoard(kept: keptDrops, clock: clock, rounds: rounds)
        let reader = publication.reader(index: 0)
        let ways = (0..<UInt16(Port.limit)).map {
            paths[$0]
                // A way that takes nothing: what is sent stays in the transmit buffer.
                ?? TransmitPath(kind: .worker, port: $0, queue: 0, ring: nil, waits: false)
        }
        state = WorkerState(
            snapshot: reader.snapshot, publication: reader, clock: clock,
            roads: Roads(alwaysOf: stages),
            polledQueues: linesOf(polledQueues),
            polledQueueCount: polledQueues.count, tallies: Tallies(samples: samples.writer),
            rounds: rounds, gapThreshold: gapThreshold, transmitBuffers: bursts(Port.limit),
            transmitPaths: linesOf(ways), interfaces: interfaces, unclaimed: unclaimed,
            errorLimits: errorLimits, errorShares: nil,
            neighbours: neighbours.reader, reports: nil, held: nil, reassembly: nil,
            injected: nil, index: 0,
            handoff: handoff
                ?? Handoff(
                    incomingCount: 0, transmitIncomingCount: 0, incoming: linesOf([]),
                    firstHopCount: 0, transmitIncoming: linesOf([]), steering: nil,
                    buffers: bursts(0), outgoing: linesOf([]), workerCount: 1, waits: false,
                    secondHops: nil, order: nil),
            control: WorkerControl(), board: board.writer, gaps: gaps.writer(activity),
            progress: nil, clockOfRounds: RoundClock(cycles), cycles: cycles)
    }

    deinit {
        state.transmitBuffers.deinitialize(count: Port.limit)
        state.tallies.free()
        rounds.free()
        cycles.free()
        interfaces.free()
        unclaimed.free()
        errorLimits.free()
        state.control.free()
        publication.free()
    }

    /// Walks frames through the stages as if they had come in by a port.
    /// - Parameter isHandedOff: as if another worker had received them.
    @discardableResult
    func run(
        _ frames: [[UInt8]], from port: UInt16 = 0, isHandedOff: Bool = false
    ) throws -> RecordingObserver {
        try state.burst.add(frames)
        for index in 0..<state.burst.count { state.burst[index].port = port }
        return walk(from: isHandedOff ? nil : port)
    }

    /// Walks what is in the burst through the stages.
    /// - Parameter port: nil for a burst of several ports.
    @discardableResult
    func walk(from port: UInt16?) -> RecordingObserver {
        for index in 0..<state.burst.count {
            // What ValidateIPv4 notes, for benches that start behind it.
            let frame = FrameBytes(state.burst[index].data, count: state.burst[index].dataLength)
            state.metadata.destinations[index] = frame.uint32(at: 30) ?? 0
            state.tallies.received(
                port: state.burst[index].port, frames: 1, bytes: state.burst[index].frameLength)
        }
        state.burstBytes = state.burst.byteCount
        state.inPort = port
        var observer = RecordingObserver()
        state.runPipeline(&observer)
        return observer
    }

    /// What waits to leave by a port.
    func sent(by port: UInt16) -> [[UInt8]] { state.transmitBuffers[Int(port)].frames }

    /// The counters as a worker would publish them now.
    var tallies: TallySet {
        var waiting = 0
        for port in 0..<Port.limit { waiting += state.transmitBuffers[port].count }
        state.tallies.words[Tallies.Slot.inTransit] = UInt64(waiting)
        board.writer.publish(state.tallies)
        return board.read()
    }

    /// The kept frames of a reason.
    func kept(_ reason: DropReason) -> [DropSample] { samples.read(reason, worker: 0) }

    /// The reasons with frames, and how many.
    var drops: [DropReason: UInt64] {
        let set = tallies
        return Dictionary(
            uniqueKeysWithValues: DropReason.allCases.map { ($0, set.dropped($0).frames) }
                .filter { $0.1 > 0 })
    }
}
