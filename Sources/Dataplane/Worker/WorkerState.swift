// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Everything that one worker owns. Worker's thread, from launch to return.
///
/// A `~Copyable` struct in aligned memory of its own: what it reaches per packet is a plain pointer,
/// so nothing is counted, checked for exclusivity or shared.
struct WorkerState: ~Copyable {
    // What a round without events touches, down to the counts of `handoff`: four lines. One more is seen in what a
    // frame costs, since the frames of each round push the oldest lines out of the first cache.

    /// The frames that the pipeline works on.
    var burst = Burst()
    /// Frames that a stage took out; freed when the pipeline is through.
    var dropped = Burst()
    /// The port by which the whole burst came in; nil when it may hold frames of several.
    var inPort: UInt16?
    /// Whether the burst's frames came from the owners of their flows, on to the owners of something else.
    var isSecondHop = false
    /// Whether the burst's packets are the worker's own, made of others: nothing is said about them.
    var isMade = false
    /// Whether `made` or `answers` has frames.
    var hasMade = false
    /// Whether `tooLong` has any.
    var hasTooLong = false
    /// Whether the burst's packets are of IPv6, which have a road of their own; else of IPv4.
    var isIPv6 = false
    /// Whether `aside` has frames.
    var hasAside = false
    /// Whether any packet of the burst is in another VRF than the main one, as far as is known.
    var areInVRFs = false
    /// Whether the burst before had frames of IPv6.
    var expectsIPv6 = false
    /// Whether every packet of the burst ends where its frame does: known behind ValidateIPv4.
    var isExact = false
    /// Who watches the next rounds: what `WorkerControl.watch` said in the last turn of housekeeping.
    var watch = Watch.nobody
    /// Whether an empty round gives the CPU away: set before the launch.
    var isFloating = false
    /// False once the control plane asked the worker to drain.
    var receives = true
    /// The bytes of the burst's frames: set when it is received, and by each stage that changes them
    /// before it is sent.
    var burstBytes = 0
    /// The positions whose IPv4 header Admit did not find to be plain, a bit each: ValidateIPv4 looks
    /// at these. All, as long as Admit has not looked.
    var unproven = BurstPositions.all
    /// The ports that the burst's frames leave by, a bit each.
    var outPorts: UInt32 = 0
    /// The ports whose transmit buffers hold frames, a bit each.
    var pendingPorts: UInt32 = 0

    /// The time stamp counter at the start of the round, or of one of the three before it: for the
    /// worker's load and a live worker's timers. What time it is for a frame says `clock`.
    var now: UInt64 = 0
    /// No timer comes before, by the same clock.
    var deadline = UInt64.max
    var snapshot: UnsafePointer<Snapshot>
    let publication: Publication.Reader
    /// Whether a round had frames since the tallies were last published.
    var hasNews = true
    /// Whether a round had frames since the clock was read.
    var wasBusy = false
    /// What time it is for a frame.
    let clock: WorkerClock
    /// The rounds in a row that took a full burst.
    var fullRounds: UInt32 = 0
    /// Whether any packet of the burst has tags in front of it, so that `BurstMetadata.headerLengths` says where each
    /// begins.
    var isTagged = false
    /// Whether any frame of the burst leaves by an interface whose tags, or frames, count: set by Route.
    var leavesByVLAN = false
    let roads: Roads

    let polledQueues: UnsafeMutablePointer<PolledQueue>
    let polledQueueCount: Int
    let tallies: Tallies
    let rounds: RoundCounters
    /// Ticks between two readings of the clock from which on `gaps` counts them.
    let gapThreshold: UInt64
    /// By DPDK's port index.
    let transmitBuffers: UnsafeMutablePointer<Burst>
    let transmitPaths: UnsafeMutablePointer<TransmitPath>

    let metadata = BurstMetadata()
    let interfaces: InterfaceCounters
    let unclaimed: UnclaimedTraffic
    /// Nil for a worker that only explains.
    let errorLimits: ErrorLimits?
    /// The worker's part of what all may send; nil where frames have times of their own.
    let errorShares: ErrorShares?
    /// Whether the worker says what would become of frames, of which nothing comes.
    var explains: Bool { errorLimits == nil }
    /// Packets of the worker's own, made of frames of the burst; for Route, once the burst has left.
    var made = Burst()
    var madeOfIPv6 = Burst()
    /// Frames of the burst with packets of IPv6, which Admit set aside: for their road, once the others have left.
    var aside = Burst()
    /// Of these: the positions whose header is to be looked at closely, and whether any has tags.
    var unprovenAside = BurstPositions()
    var isTaggedAside = false
    /// Whether those positions have not been through Admit's complete test.
    var isUnadmittedAside = false
    /// The positions of packets that leave in parts: set by Rewrite.
    var tooLong = BurstPositions()
    /// Frames of which copies left.
    let spent = bursts(1)
    /// Frames made of frames of the burst that leave by the ports that these came in by.
    var answers = Burst()
    let neighbours: NeighbourTable.Reader
    /// Where the worker tells of hosts; nil for one that only explains.
    let reports: NeighbourReports?
    /// Frames that wait; nil where nobody is asked for a MAC.
    let held: UnsafeMutablePointer<HeldFrames>?
    /// The news of neighbours that were looked at, and whether all that waits is to be, whatever the news.
    var heldGeneration: UInt64 = 0
    /// In lock-step: news that are looked at in a turn end here.
    var newsEnd = UInt64.max
    var looksAtAll = false
    /// Frames that are to wait; those that go on, one after the other; and others on the way between the two.
    var waiting = Burst()
    var goingOn = Burst()
    var one = Burst()
    var displaced = Burst()
    /// Parts of datagrams for us that wait for the others; nil where nobody has any wait.
    let reassembly: UnsafeMutablePointer<Reassembly>?
    /// Of a datagram that is whole, while it is answered: the bucket of its parts, by which messages are limited.
    var bucketOfWhole: Int?
    /// Parts that are to wait, and datagrams that are whole.
    var parts = Burst()
    var wholes = Burst()
    var wholesOfIPv6 = Burst()
    /// Frames of the control plane's, for a live worker; nil in lock-step.
    let injected: Ring?
    /// In lock-step: what time it is, and how many frames have come in.
    var stepTime: UInt64 = 0
    var stepPlace = 0
    /// In a turn of lock-step: whether what waits is to be looked at.
    var looksAtWaiting = false
    let index: Int
    let handoff: Handoff

    let control: WorkerControl
    let board: TallyBoard.Writer
    let gaps: GapRecorder
    /// The time stamp counter when the worker started.
    var startedAt: UInt64 = 0
    /// What the worker's stages are to do later; nil where the road has nothing of that kind.
    var timers: UnsafeMutablePointer<WorkerTimers>?
    /// The timer that came, in a turn of lock-step.
    var expiredTimer: Int?
    /// The frames that a replay still has to bring in; nil in a live forwarder.
    var schedule: ReplaySchedule.Cursor?
    /// Where a worker of a replay says how far it is; nil in a live forwarder.
    let progress: ReplayProgress?
    /// In a replay: no frame below this place is on its way to the worker, once the round has ended.
    var handedOn: UInt64 = 0
    /// What `Watch.journeys` writes down: put here before the launch, and taken once the worker has returned.
    var recorder: JourneyRecorder?
    /// For `Watch.cycles`.
    var clockOfRounds: RoundClock
    let cycles: CycleBoard

    /// Takes the whole burst out of the pipeline, counted once for each frame.
    mutating func dropAll<Observer: StageObserver>(
        by stage: Stage, because reason: DropReason, _ observer: inout Observer
    ) {
        for index in 0..<burst.count {
            observer.left(burst[index], by: .dropped(by: stage, because: reason))
        }
        tallies.drop(burst, by: stage, because: reason)
        burst.removeAll()
    }

    /// Counts a frame as dropped; it stays in the burst until `takeOut`.
    func drop<Observer: StageObserver>(
        at position: Int, by stage: Stage, because reason: DropReason, _ observer: inout Observer
    ) {
        let mbuf = burst[position]
        tallies.drop(mbuf, by: stage, because: reason)
        observer.left(mbuf, by: .dropped(by: stage, because: reason))
    }

    /// Drops frames that are in no burst of the pipeline: each is told of, counted and freed. Cold path.
    static func drop<Observer: StageObserver>(
        _ frames: inout Burst, _ tallies: Tallies, by stage: Stage, because reason: DropReason,
        _ observer: inout Observer
    ) {
        for index in 0..<frames.count {
            observer.left(frames[index], by: .dropped(by: stage, because: reason))
        }
        tallies.drop(frames, by: stage, because: reason)
        frames.removeAll()
    }

    /// Where a frame's packet begins: behind the Ethernet header and the tags.
    @inline(__always) func headerLength(at position: Int) -> Int {
        isTagged ? Int(metadata.headerLengths[position]) : EthernetHeader.byteCount
    }

    /// Says where a frame's packet begins that has tags in front of it. Cold path.
    mutating func noteHeaderLength(_ length: Int, at position: Int) {
        if !isTagged { metadata.forgetHeaderLengths() }
        isTagged = true
        metadata.headerLengths[position] = UInt8(truncatingIfNeeded: length)
    }

    /// Whether packets that are too long leave in parts. A replay on threads has no buffers for them: its reader takes as many
    /// frames as there are.
    var cutsPackets: Bool { !clock.isVirtual || held != nil || explains }

    /// Says that a packet leaves in parts. Cold path.
    mutating func noteTooLong(at position: Int) {
        hasTooLong = true
        tooLong.insert(position)
    }

    /// Takes dropped frames out of the pipeline; what is known of the others closes up with them.
    /// - Parameter isRouted: whether anything is known beyond Route.
    @inline(never)
    mutating func takeOut(_ positions: BurstPositions, isRouted: Bool = true) {
        if positions.isEmpty { return }
        close(positions, isRouted: isRouted)
        burst.move(positions, to: &dropped)
    }

    /// Has what is known of the other frames close up.
    mutating func close(_ positions: BurstPositions, isRouted: Bool = true) {
        metadata.close(
            positions, count: burst.count, isRouted: isRouted, isIPv6: isIPv6, hasVRFs: areInVRFs)
        unproven = unproven.closingUp(without: positions)
        if hasTooLong { tooLong = tooLong.closingUp(without: positions) }
    }

    /// Sends the whole burst to one port, in order behind what waits there.
    /// - Parameter bytes: of all its frames.
    @inline(__always) mutating func transmitAll(to port: UInt16, bytes: Int) {
        let position = Int(port & 31)
        if pendingPorts & (1 &<< UInt32(position)) == 0 {
            transmitPaths[position].flush(&burst, bytes: bytes, tallies)
            if burst.isEmpty { return }
        }
        if transmitBuffers[position].room < burst.count {
            transmitPaths[position].empty(&transmitBuffers[position], tallies, control)
        }
        transmitBuffers[position].append(contentsOf: &burst)
        pendingPorts |= 1 &<< UInt32(position)
    }

    /// Walks the burst through the stages, then frees what they took out, and sends what they made.
    @inline(__always)
    mutating func runPipeline<Observer: StageObserver>(_ observer: inout Observer) {
        observer.arrived(burst)
        walk(from: 0, &observer)
        if hasAside { walkAside(&observer) }
        if !dropped.isEmpty { dropped.removeAll() }
        if hasMade { sendMade(&observer) }
        observer.reached(.receive)
    }

    /// The road that is in force.
    @inline(__always) var road: Road {
        isIPv6 ? roads[ipv6: snapshot.pointee.options] : roads[snapshot.pointee.options]
    }

    /// Walks the burst through the stages from one of them on.
    @inline(__always)
    mutating func walk<Observer: StageObserver>(from first: Int, _ observer: inout Observer) {
        let road = road
        var position = first
        while position < road.count, !burst.isEmpty {
            let stage = road.stages[position]
            observer.entered(stage, burst)
            stage.process(&self, &observer)
            position &+= 1
        }
    }

    /// Empties the transmit buffers: nothing stays behind at the end of a round.
    @inline(__always) mutating func flushTransmitBuffers() {
        while pendingPorts != 0 {
            let port = pendingPorts.trailingZeroBitCount
            pendingPorts &= pendingPorts &- 1
            transmitPaths[port].empty(&transmitBuffers[port], tallies, control)
        }
    }
}
