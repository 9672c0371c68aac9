// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Glibc

/// The workers of a forwarder with the rings between them, composed from a description. Control
/// thread.
public final class WorkerGroup: @unchecked Sendable {
    /// How the queues of a port are shared between the workers.
    public struct PortDescription: @unchecked Sendable {
        /// What becomes of frames that leave by the port.
        public enum Way: Sendable {
            /// They go to the device.
            case device
            /// They go to rings, one for each worker, that somebody else empties.
            case collector([Ring])
            /// They are counted and forgotten.
            case discard
        }

        /// DPDK's index.
        public let port: UInt16
        /// The worker that polls each receive queue.
        public let rxWorkers: [Int]
        /// The worker that owns each transmit queue.
        public let txWorkers: [Int]
        /// The transmit queue of each worker, which hands its frames to the owner unless it is that.
        public let txQueueOfWorker: [Int]
        /// Whether frames go on, by software RSS, to the worker that owns their flow.
        public let isSteered: Bool
        public let way: Way
        /// Where the device says of each transmit queue whether it refuses the frame in front; empty when it
        /// does not say.
        public let refusals: [UnsafePointer<Bool>]

        public init(
            port: UInt16, rxWorkers: [Int], txWorkers: [Int], txQueueOfWorker: [Int],
            isSteered: Bool, way: Way = .device, refusals: [UnsafePointer<Bool>] = []
        ) {
            self.txWorkers = txWorkers
            self.refusals = refusals
            self.port = port
            self.rxWorkers = rxWorkers
            self.txQueueOfWorker = txQueueOfWorker
            self.isSteered = isSteered
            self.way = way
        }

        /// The worker that owns the transmit queue of a worker.
        func txOwner(of worker: Int) -> Int { txWorkers[txQueueOfWorker[worker]] }
    }

    public struct Description: Sendable {
        public var mode: ForwardMode
        public var lcores: [Lcore]
        public var ports: [PortDescription]
        /// Slots of each ring between two workers: a power of two.
        public var ringSlots = 1024
        /// The frames of a replay; nil in a live forwarder.
        public var schedule: ReplaySchedule?
        /// Whether the workers of a replay are run by ``WorkerGroup/lockStep``, and never launched.
        public var isLockStep = false
        /// Whether steered frames go where a network card would have put them, because other ports have one.
        public var steersAsHardware = false
        /// Whether a stage sends frames on to the owners of something else than their flow.
        var hasSecondHops = false
        /// Whether MACs are asked for that are not known: packets wait for them then, in rings of so few slots between
        /// workers.
        public var resolves = false
        static let secondHopSlots = 64
        /// Dropped frames that are kept of each reason, by each worker; 0 to keep none.
        public var keptDrops = 16
        /// Whether received frames wait for room on the ring to the worker that owns their flow, as they
        /// do in a replay: then none is lost. Wrong where frames come in at their own pace.
        public var waitsForOwners: Bool

        public init(
            mode: ForwardMode, lcores: [Lcore], ports: [PortDescription],
            schedule: ReplaySchedule? = nil
        ) {
            self.mode = mode
            self.lcores = lcores
            self.ports = ports
            self.schedule = schedule
            waitsForOwners = schedule != nil
        }
    }

    public let workers: [Worker]
    public let publication: Publication
    /// Hosts whose MACs were found out. Control thread.
    public let neighbours: NeighbourTable
    /// By which the workers' times are meant.
    public let clock: WorkerClock
    /// Dropped frames that are kept of each reason.
    public let keptDrops: Int
    /// What the control plane says that it does: workers write it down beside long gaps.
    public let activity = ControlActivity()
    /// Control thread.
    private let errorDealer = ErrorDealer()
    /// Between the workers.
    let rings: [Ring]
    /// That of lock-step.
    private let order: Ring?
    /// Frames of the control plane's that wait for a worker.
    private static let injectedSlots = 1_024
    /// Runs the workers of a replay, one frame at a time; nil where they have threads of their own.
    public let lockStep: LockStep?
    /// Explains frames; never runs.
    private let prober: Worker
    /// The frames of a replay; workers hold plain pointers into it.
    public let schedule: ReplaySchedule?
    /// How far the workers of a replay are; nil in a live forwarder.
    public let progress: ReplayProgress?

    /// Makes the workers and their rings; nothing runs yet.
    public init(_ description: Description, snapshot: Snapshot) throws(DPDKError) {
        let count = description.lcores.count
        clock = WorkerClock(isVirtual: description.schedule != nil)
        let (clock, activity) = (clock, activity)
        precondition(
            !description.waitsForOwners || description.steeringWorkers.count <= 1,
            "two workers that wait for each other's rings wait for ever")
        precondition(
            !description.isLockStep || description.schedule != nil,
            "only the frames of a replay come one at a time")
        var rings = HandoffRings(workers: count, slots: description.ringSlots)
        let publication = try Publication(snapshot, workers: count)
        let neighbours = NeighbourTable(publication)
        var injected: [Ring] = []
        let progress =
            description.isLockStep
            ? nil : description.schedule.map { _ in ReplayProgress(workers: count) }
        var workers: [Worker] = []
        let prober: Worker
        var order: Ring?
        do {
            if description.isLockStep {
                order = try Ring(name: "lock-step", slots: LockStep.slots, numaNode: nil)
            }
            if description.resolves, order == nil {
                for index in 0..<count {
                    injected.append(
                        try Ring(name: "control-\(index)", slots: Self.injectedSlots, numaNode: nil)
                    )
                }
            }
            let steered = count > 1 && description.ports.contains(where: \.isSteered)
            for index in 0..<count {
                // What a worker reads and writes all the time lies where its lcore is.
                let worker = try description.lcores[index].perform { () throws(DPDKError) in
                    Worker(
                        index: index, lcore: description.lcores[index],
                        roads: Roads(of: description.mode),
                        polledQueues: description.polledQueues(of: index),
                        paths: try description.paths(of: index, &rings),
                        handoff: try rings.handoff(
                            of: index, description, isSteered: steered, order: order),
                        schedule: index == 0 && order == nil ? description.schedule : nil,
                        progress: progress, publication: publication, clock: clock,
                        keptDrops: order == nil || index == 0 ? description.keptDrops : 0,
                        activity: activity,
                        // In lock-step all keep frames in one place, in the order in which they are dropped, and tell of
                        // hosts in one order.
                        sampler: order == nil ? nil : workers.first?.samples?.writer,
                        reports: order == nil ? nil : workers.first?.reports,
                        timerCounter: order == nil ? nil : workers.first?.timerCounter,
                        neighbours: neighbours, resolves: description.resolves,
                        workers: count, injected: injected.isEmpty ? nil : injected[index],
                        unclaimed: order == nil ? nil : workers.first?.unclaimedOfAll)
                }
                workers.append(worker)
            }
            prober = Worker(
                index: count, lcore: description.lcores[0],
                roads: Roads(of: description.mode), polledQueues: [],
                paths: WorkerGroup.Description.nowhere,
                handoff: try rings.handoff(
                    of: count, description, isSteered: false, order: nil),
                schedule: nil, progress: nil, publication: publication, clock: clock,
                keptDrops: 0, activity: activity, neighbours: neighbours, explains: true)
        } catch {
            for worker in workers { worker.free() }
            for ring in rings.all + injected { ring.free() }
            order?.free()
            progress?.free()
            publication.free()
            throw error
        }
        if let order, let schedule = description.schedule {
            lockStep = LockStep(workers, schedule, order)
        } else {
            lockStep = nil
        }
        self.workers = workers
        self.prober = prober
        self.publication = publication
        self.rings = rings.all + injected + [order].compactMap(\.self)
        self.order = order
        self.neighbours = neighbours
        schedule = description.schedule
        self.progress = progress
        keptDrops = description.keptDrops
    }

    /// Starts every worker; in lock-step has each ready for the rounds that it is told to do.
    public func launch(_ loop: Worker.Loop) throws(DPDKError) {
        for worker in workers {
            guard lockStep == nil else {
                worker.prepare(loop)
                continue
            }
            try worker.launch(loop)
        }
    }

    /// The sum of what the workers last published.
    public func readTallies() -> TallySet {
        workers.map { $0.readTallies() }.reduce(TallySet(), +)
    }

    /// The sum of what the workers last published, once nothing moves: two readings of all, one after the
    /// other, give the same, and nothing is on its way. Nil before. Any thread.
    ///
    /// One reading is not enough: it visits the workers one after the other, and a frame that is counted as
    /// taken by the second can be one that the first handed on after it had been visited.
    public func readSettledTallies() -> TallySet? {
        TallySet.settled(
            workers.map { $0.readNewestTallies() }, then: workers.map { $0.readNewestTallies() })
    }

    /// Where the cycles of all workers' sampled rounds went. Any thread.
    public func readCycles() -> RoundCycles {
        workers.map { $0.readCycles() }.reduce(RoundCycles(), +)
    }

    /// What all workers had of an interface of a port with VLANs, by its number. Any thread.
    public func readInterface(_ number: UInt16) -> InterfaceCount {
        workers.map { $0.readInterface(number) }.reduce(InterfaceCount(), +)
    }

    /// What came for own addresses and nobody took, by all workers; nil for what is not told apart any more. Any thread.
    public func readUnclaimed() -> [UnclaimedKey?: UInt64] {
        workers.map { $0.readUnclaimed() }.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    /// Numbers that interfaces of tagged frames can have; those below are of ports.
    public static var interfaceNumbers: Range<UInt16> {
        UInt16(Port.limit)..<UInt16(InterfaceCounters.capacity)
    }

    /// The frames of a reason that were dropped last, by any worker, in the order of `DropSample`. Any thread.
    public func readDrops(_ reason: DropReason) -> [DropSample] {
        Array(workers.flatMap { $0.readDrops(reason) }.sorted().suffix(keptDrops))
    }

    /// How many frames `readDrops` would give. Any thread.
    public func countDrops(_ reason: DropReason) -> Int {
        min(keptDrops, workers.reduce(0) { $0 + $1.countDrops(reason) })
    }

    /// Gives live workers back what they used of the messages about errors. Control thread.
    /// - Parameters:
    ///   - interfaces: their numbers.
    ///   - rate: messages a second of an interface.
    ///   - seconds: since the last time.
    public func dealErrors(
        _ interfaces: some Sequence<UInt16>, rate: Int, seconds: Double
    ) {
        errorDealer.deal(
            workers.compactMap(\.errorShares), interfaces, rate: rate, seconds: seconds)
    }

    /// What any worker told of hosts; nil where there is nothing new. Control thread.
    public func takeReport() -> NeighbourReport? {
        for worker in workers { if let report = worker.takeReport() { return report } }
        return nil
    }

    /// Has the owner of a host's bucket send a frame to it. Control thread.
    /// - Parameters:
    ///   - port: DPDK's index of the port that it leaves by.
    ///   - time: in a replay, when.
    /// - Returns: false where no buffer is free, or the worker does not come to it.
    public func send(
        _ frame: [UInt8], by port: UInt16, to host: NeighbourKey, pool: Mempool, at time: UInt64
    ) -> Bool {
        var burst = Burst()
        let isMade = frame.withUnsafeBytes { burst.append(frame: $0, from: pool) }
        guard isMade else { return false }
        let mbuf = burst[0]
        mbuf.port = port
        mbuf.metadata.pointee = PacketMetadata(
            time: time, sequence: PacketMetadata.ofNoFrame, bucket: UInt32(host.bucket),
            isInjected: true,
            interface: host.interface)
        let owner = FlowSteering(workers: workers.count).owner(ofBucket: UInt32(host.bucket))
        guard let ring = order ?? workers[owner].injected else { return false }
        return burst.enqueue(on: ring) == 1
    }

    /// Asks all workers to take no more frames from ports, and to work off what they have.
    public func drain() {
        for worker in workers { worker.drain() }
    }

    /// Whether nothing is between workers any more, and nothing can come, but for what timers release that is parked:
    /// `drain()` was asked for and heard by all.
    public var isDrained: Bool {
        workers.allSatisfy(\.isDrained) && readSettledTallies() != nil
    }

    /// Asks all workers to return, and waits until they have. What is then between them is dropped
    /// with the reason `shutdown`.
    /// - Returns: the workers that did not return in time; then nothing of the group may be freed.
    @discardableResult public func stop(patience: Duration = .seconds(1_000_000_000)) -> [Worker] {
        for worker in workers { worker.requestStop() }
        let clock = ContinuousClock()
        let began = clock.now
        while workers.contains(where: \.isAtWork) {
            guard clock.now - began < patience else { return workers.filter(\.isAtWork) }
            usleep(100)
        }
        for worker in workers { worker.wait() }
        for worker in workers { worker.abandonIncoming() }
        return []
    }

    /// Walks a copy of a frame through the stages and the tables in force: nothing is sent, and no
    /// counter that anybody reads changes. One thread at a time, and nobody may publish meanwhile; the
    /// workers may run.
    /// - Returns: nil when no buffer is free or the frame does not fit into one.
    public func probe(
        _ frame: [UInt8], from port: UInt16, pool: Mempool
    ) -> [JourneyEvent]? {
        prober.probe(frame, from: port, pool: pool)
    }

    /// What the stages told of each frame in a recorded replay, once; the workers must have returned.
    /// Nil after other loops.
    public func takeJourneyLog() -> JourneyLog? {
        let recorders = workers.compactMap { $0.takeRecorder() }
        return recorders.isEmpty ? nil : JourneyLog(recorders)
    }

    /// Gives all memory back; the workers must have returned.
    public func free() {
        for worker in workers + [prober] { worker.free() }
        for ring in rings { ring.free() }
        progress?.free()
        publication.free()
    }
}
