// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// The control plane's handle on one worker. Control thread; what the worker itself touches is its
/// `WorkerState`.
public final class Worker: @unchecked Sendable {
    /// Where a worker is in its life.
    public enum State: UInt8, Sendable {
        case starting, running
        /// Replay only: the schedule has no more frames.
        case exhausted
        /// Replay only: a capture brought fewer frames than it had.
        case failed
        case stopped
    }

    /// How the worker's loop treats its CPU, and who watches it from its first round on.
    public struct Loop: Sendable {
        /// Whether an empty round gives the CPU away: for workers that share CPUs, and in a replay.
        public var isFloating: Bool
        /// `cycles` is for `WorkerGroup.readCycles()`.
        public var watch = Watch.nobody
        /// What `Watch.journeys` writes down, for `WorkerGroup.takeJourneyLog()`.
        var limits: JourneyRecorder.Limits?

        public init(isFloating: Bool, watch: Watch = .nobody) {
            self.isFloating = isFloating
            self.watch = watch
        }

        public static let pinned = Loop(isFloating: false)
        public static let floating = Loop(isFloating: true)

        /// A loop of a replay that writes down what the stages do.
        public static func recorded(_ limits: JourneyRecorder.Limits) -> Loop {
            var loop = Loop(isFloating: true, watch: .journeys)
            loop.limits = limits
            return loop
        }
    }

    public let index: Int
    public let lcore: Lcore
    public let polledQueues: [PolledQueue]
    let state: UnsafeMutablePointer<WorkerState>
    let board = TallyBoard()
    let rounds = RoundCounters()
    let cycles = CycleBoard()
    let interfaces = InterfaceCounters()
    private let unclaimed: UnclaimedTraffic
    private let ownsUnclaimed: Bool
    private let errorLimits: ErrorLimits?
    /// Nil where frames have times of their own.
    let errorShares: ErrorShares?
    let reports: NeighbourReports?
    /// Whether no other worker has the same.
    private let ownsReports: Bool
    /// Counts the timers that are armed, of all workers in lock-step; nil where there are none.
    let timerCounter: UnsafeMutablePointer<UInt64>?
    private let ownsTimerCounter: Bool
    /// Nanoseconds of a replay: about a microsecond.
    private static let virtualTickBits: UInt64 = 10
    /// Frames that the control plane has the worker send; nil for one that only explains.
    let injected: Ring?
    let gaps = GapBoard()
    /// Nil when no dropped frames are kept.
    let samples: DropSampleBoard?
    let control = WorkerControl()
    private(set) var isLaunched = false

    init(
        index: Int, lcore: Lcore, roads: Roads, polledQueues: [PolledQueue],
        paths: [TransmitPath], handoff: Handoff, schedule: ReplaySchedule?,
        progress: ReplayProgress?, publication: Publication, clock: WorkerClock, keptDrops: Int,
        activity: ControlActivity, sampler: UnsafeMutablePointer<DropSampler>? = nil,
        reports shared: NeighbourReports? = nil,
        timerCounter sharedCounter: UnsafeMutablePointer<UInt64>? = nil,
        neighbours: NeighbourTable, resolves: Bool = false, workers: Int = 1,
        injected: Ring? = nil, unclaimed sharedUnclaimed: UnclaimedTraffic? = nil,
        explains: Bool = false
    ) {
        self.index = index
        errorLimits = explains ? nil : ErrorLimits()
        errorShares = explains || clock.isVirtual ? nil : ErrorShares()
        reports = explains ? nil : shared ?? NeighbourReports()
        ownsReports = shared == nil
        let unclaimed = sharedUnclaimed ?? UnclaimedTraffic()
        self.unclaimed = unclaimed
        ownsUnclaimed = sharedUnclaimed == nil
        self.injected = injected
        var held: UnsafeMutablePointer<HeldFrames>?
        var reassembly: UnsafeMutablePointer<Reassembly>?
        if resolves {
            held = .allocate(capacity: 1)
            held?.initialize(to: HeldFrames())
            reassembly = .allocate(capacity: 1)
            reassembly?.initialize(to: Reassembly(workers: clock.isVirtual ? 1 : workers))
        }
        timerCounter = resolves ? sharedCounter ?? linesOf([0]) : nil
        ownsTimerCounter = sharedCounter == nil
        // The stages of a replay drop a burst's frames one stage after the other: of so many more the last by place
        // are the last of all, whatever the bursts and the number of workers.
        let kept = keptDrops > 0 && clock.isVirtual ? keptDrops + Burst.capacity - 1 : keptDrops
        samples = kept > 0 ? DropSampleBoard(kept: kept, clock: clock, rounds: rounds) : nil
        self.lcore = lcore
        self.polledQueues = polledQueues
        let reader = publication.reader(index: index)
        state = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<WorkerState>.stride + 128, alignment: 128
        ).bindMemory(to: WorkerState.self, capacity: 1)
        state.initialize(
            to: WorkerState(
                snapshot: reader.snapshot, publication: reader, clock: clock,
                roads: roads,
                polledQueues: linesOf(polledQueues),
                polledQueueCount: polledQueues.count,
                tallies: Tallies(samples: samples?.writer ?? sampler), rounds: rounds,
                gapThreshold: TimestampCounter.frequency * GapBoard.thresholdNanoseconds
                    / 1_000_000_000,
                transmitBuffers: bursts(Port.limit), transmitPaths: linesOf(paths),
                interfaces: interfaces, unclaimed: unclaimed, errorLimits: errorLimits,
                errorShares: errorShares,
                neighbours: neighbours.reader, reports: reports, held: held,
                reassembly: reassembly, injected: injected,
                index: index, handoff: handoff,
                control: control,
                board: board.writer,
                gaps: gaps.writer(activity), schedule: schedule?.cursor(), progress: progress,
                clockOfRounds: RoundClock(cycles), cycles: cycles))
        guard let timerCounter else { return }
        let timers = UnsafeMutablePointer<WorkerTimers>.allocate(capacity: 1)
        timers.initialize(
            to: WorkerTimers(
                capacity: Reassembly.timerCount, now: clock.isVirtual ? 0 : TimestampCounter.now,
                counter: timerCounter,
                tickBits: clock.isVirtual ? Self.virtualTickBits : WorkerTimers.liveTickBits))
        state.pointee.timers = timers
    }

    /// Whoever has the worker may read what it did after it is gone.
    deinit {
        rounds.free()
        cycles.free()
        interfaces.free()
        if ownsUnclaimed { unclaimed.free() }
        errorLimits?.free()
        errorShares?.free()
        if ownsReports { reports?.free() }
        if ownsTimerCounter { timerCounter?.deallocate() }
    }

    /// What runs on an lcore, with the worker's state for its context.
    typealias Entry = @convention(c) (UnsafeMutableRawPointer?) -> Int32

    /// Starts the loop on the worker's lcore.
    public func launch(_ loop: Loop) throws(DPDKError) { try launch(loop, running: nil) }

    /// - Parameter entry: another loop than that of the product's roads.
    func launch(_ loop: Loop, running entry: Entry?) throws(DPDKError) {
        prepare(loop)
        try lcore.launch(
            entry ?? (state.pointee.clock.isVirtual ? WorkerLoop.replay : WorkerLoop.live),
            context: UnsafeMutableRawPointer(state))
        isLaunched = true
    }

    /// Has the state ready for the rounds of a loop. In lock-step the first worker's recorder serves all.
    func prepare(_ loop: Loop) {
        state.pointee.isFloating = loop.isFloating
        state.pointee.recorder = loop.limits.map { JourneyRecorder($0) }
        watch = loop.watch
    }

    /// Any thread.
    public var lifeState: State { control.state }

    /// Who is to watch, from the worker's next turn of housekeeping on. Control thread.
    var watch: Watch {
        get { control.watch }
        set { control.watch = newValue }
    }

    /// The newest published counters, or older ones while the worker has no CPU. Any thread; never makes the
    /// worker wait.
    public func readTallies() -> TallySet { board.read() }

    /// The newest published counters; nil when the worker lost its CPU while it published them. Any thread.
    func readNewestTallies() -> TallySet? { board.readNewest() }

    /// What its rounds were like. Any thread.
    public func readRounds() -> RoundCounts { rounds.read() }

    /// Where the cycles of sampled rounds went; zero in other loops. Any thread.
    public func readCycles() -> RoundCycles { cycles.read() }

    /// Grows while the worker does its rounds, many times a second: ticks since it started. Any thread.
    public var heartbeat: UInt64 { control.heartbeat }

    /// The kernel's id of the worker's thread; nil until it runs. Any thread.
    public var thread: Int32? { control.thread == 0 ? nil : control.thread }

    /// What it had of an interface of a port with VLANs. Any thread, in place.
    func readInterface(_ number: UInt16) -> InterfaceCount { interfaces.read(number) }

    /// What came for own addresses and nobody took; nil for what is not told apart any more. Nothing where another worker has
    /// it. Any thread, in place.
    func readUnclaimed() -> [UnclaimedKey?: UInt64] { ownsUnclaimed ? unclaimed.read() : [:] }

    /// For the other workers of lock-step, so that what is told apart does not depend on how many there are.
    var unclaimedOfAll: UnclaimedTraffic { unclaimed }

    /// What it told of hosts, one after the other; nil where there is nothing new. Control thread.
    func takeReport() -> NeighbourReport? { reports?.take() }

    /// The gaps between its rounds. Any thread; never makes the worker wait.
    public func readGaps() -> GapReading {
        gaps.read(
            elapsed: control.heartbeat, ticksPerSecond: TimestampCounter.frequency)
    }

    /// When the longest of them ended, by the time stamp counter: 256 bytes to read instead of 9 KB, for
    /// whoever looks often. Any thread.
    public var endsOfLongestGaps: [UInt64] { gaps.longest.map(\.end) }

    /// The frames of a reason that were dropped last, oldest first. Any thread; never makes the worker
    /// wait. A frame that is replaced while it is read is left out.
    public func readDrops(_ reason: DropReason) -> [DropSample] {
        samples?.read(reason, worker: index) ?? []
    }

    /// How many frames `readDrops` would give. Any thread.
    public func countDrops(_ reason: DropReason) -> Int { samples?.count(reason) ?? 0 }

    /// Asks the worker to take no more frames from ports, and to work off what is in the rings.
    public func drain() { control.command = .drain }

    /// Whether the worker has done so, and its published counters hold all that it received.
    var isDrained: Bool { control.isDrained }

    /// Asks the worker to return.
    public func requestStop() { control.command = .stop }

    /// Whether the worker runs, or is yet to run, and so may use what it was given.
    public var isAtWork: Bool { isLaunched && control.state != .stopped }

    /// Waits until the worker has returned.
    public func wait() {
        if isLaunched { lcore.wait() }
    }

    /// What the worker wrote down in a recorded replay, once; it must have returned.
    func takeRecorder() -> JourneyRecorder? { state.pointee.recorder.take() }

    /// Walks a copy of a frame through the stages on the calling thread, with this worker's own
    /// counters, which nobody reads, and with ways that lead nowhere. For a worker that is never
    /// launched; nobody may publish another snapshot meanwhile.
    /// - Parameter port: DPDK's index of the port that the frame came in by.
    /// - Returns: what the stages told; nil when no buffer is free or the frame does not fit into one.
    func probe(_ frame: [UInt8], from port: UInt16, pool: Mempool) -> [JourneyEvent]? {
        precondition(!isLaunched, "a worker that runs cannot be a probe")
        state.pointee.snapshot = state.pointee.publication.snapshot
        let isMade = frame.withUnsafeBytes { state.pointee.burst.append(frame: $0, from: pool) }
        guard isMade else { return nil }
        let mbuf = state.pointee.burst[0]
        mbuf.port = port
        mbuf.metadata.pointee = PacketMetadata(time: 0, sequence: 0)
        state.pointee.inPort = port
        state.pointee.burstBytes = frame.count
        var recorder = JourneyRecorder(
            JourneyRecorder.Limits(
                frames: 0..<1, bytesAtEntry: frame.count,
                // What is made of it may be longer.
                bytesAtExit: Int(UInt16.max)))
        state.pointee.runPipeline(&recorder)
        state.pointee.flushTransmitBuffers()
        return JourneyLog([recorder]).events(of: 0)
    }

    /// One round of a worker that is never launched, on the calling thread; gives the frames that came
    /// in. For fuzzers, which want each input to do the same each time.
    func takeRound() -> Int {
        precondition(!isLaunched, "a worker that runs has its own thread")
        let frames = NoObserver.round(&state.pointee, FromQueues.self)
        WorkerLoop.publish(&state.pointee)
        return frames
    }

    /// Drops what other workers left for this one; all must have returned.
    func abandonIncoming() { WorkerLoop.abandonIncoming(&state.pointee) }

    /// Gives the worker's memory back; it must have returned.
    func free() {
        for port in 0..<Port.limit { (state.pointee.transmitBuffers + port).deinitialize(count: 1) }
        let buffers = state.pointee.handoff.buffers
        buffers.deinitialize(count: state.pointee.handoff.workerCount)
        buffers.deallocate()
        state.pointee.handoff.outgoing.deallocate()
        state.pointee.handoff.incoming.deallocate()
        state.pointee.handoff.transmitIncoming.deallocate()
        state.pointee.handoff.steering?.deinitialize(count: 1)
        state.pointee.handoff.steering?.deallocate()
        state.pointee.handoff.secondHops?.deallocate()
        state.pointee.held?.deinitialize(count: 1)
        state.pointee.held?.deallocate()
        state.pointee.reassembly?.deinitialize(count: 1)
        state.pointee.reassembly?.deallocate()
        state.pointee.timers?.deinitialize(count: 1)
        state.pointee.timers?.deallocate()
        state.pointee.tallies.free()
        state.pointee.roads.free()
        state.pointee.polledQueues.deallocate()
        state.pointee.transmitBuffers.deallocate()
        state.pointee.spent.deinitialize(count: 1)
        state.pointee.spent.deallocate()
        state.pointee.transmitPaths.deallocate()
        state.pointee.metadata.free()
        state.deinitialize(count: 1)
        state.deallocate()
        control.free()
    }
}
