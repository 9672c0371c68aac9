// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
import Dataplane
package import Forwarding
import Foundation
import FreewayConfiguration
import Synchronization

/// Answers the control socket's questions about a running forwarder from what the workers publish.
/// Any thread; never touches a worker's path.
package final class ForwarderStatus: ControlSource {
    let forwarder: Forwarder
    private let version: String
    let clock: @Sendable () -> Timestamp
    private let startedAt: Timestamp
    private let lastReading = Mutex<(moment: ContinuousClock.Instant, reply: StatsReply)?>(nil)
    private let samples = Mutex<(older: StatsReply?, newer: StatsReply?)>((nil, nil))
    /// The text that is in force.
    let text: ConfigurationText
    /// What a reload needs beside the forwarder; nil in a replay, whose steps reload.
    let reloading: Reloading?
    /// Looks after live workers; nil in a replay, whose rounds wait for captures.
    let watch: WorkerWatch?

    /// - Parameters:
    ///   - text: that of the configuration in force.
    ///   - clock: the time of replies; the first reading is that of the start.
    package init(
        forwarder: Forwarder, text: ConfigurationText, version: String,
        clock: @escaping @Sendable () -> Timestamp = { .now }, reloading: Reloading? = nil,
        watch: WorkerWatch? = nil
    ) {
        self.forwarder = forwarder
        self.version = version
        self.clock = clock
        self.reloading = reloading
        self.watch = watch
        startedAt = clock()
        self.text = text
    }

    /// Remembers the counters of this moment, for rates.
    func sample() {
        let now = readStats()
        samples.withLock { $0 = ($0.newer, now) }
    }

    package func stats() async throws -> StatsReply {
        var reply = readStats()
        reply.rates = samples.withLock { samples in
            guard let newer = samples.newer, let older = samples.older else { return nil }
            return newer.rates(since: older)
        }
        return reply
    }

    /// Any number of clients make one reading in 10 ms: each takes the cache lines of the published
    /// counters away from the workers, which want them back. The steps of a replay see the very moment.
    private func readStats() -> StatsReply {
        lastReading.withLock { last in
            let now = ContinuousClock.now
            if watch != nil, let last, now - last.moment < .milliseconds(10) { return last.reply }
            let reply = forwarder.activity.during(.statistics) { statistics }
            last = (now, reply)
            return reply
        }
    }

    private var statistics: StatsReply {
        let tallies = forwarder.group.readTallies()
        let ports = forwarder.ports.map {
            ($0.planned.name, tallies.totals(port: $0.port.index))
        }
        return StatsReply(
            time: clock(), startedAt: startedAt, workers: forwarder.plan.workers.count,
            ledger: tallies.ledger,
            handoff: Handoff(
                rxHandoff: tallies.rxHandedOff, txHandoff: tallies.txHandedOff,
                inFlight: tallies.inFlight),
            ports: Dictionary(uniqueKeysWithValues: ports), portOrder: ports.map(\.0),
            stalledWorkers: watch?.stalled.keys.sorted() ?? [])
    }

    package func ports() async throws -> PortsReply {
        try await forwarder.devices.ask { try self.portsNow() }
    }

    /// In the devices' lane.
    private func portsNow() throws -> PortsReply {
        try forwarder.activity.during(.statistics) {
            let tallies = forwarder.group.readTallies()
            let ports = try forwarder.ports.map { try status($0, tallies) }
            return PortsReply(time: clock(), ports: ports)
        }
    }

    private func status(_ attached: AttachedPort, _ tallies: TallySet) throws -> PortStatus {
        let link = try attached.port.link()
        let obstacle = forwarder.obstacle(to: attached)
        let counters = try attached.statistics()
        return PortStatus(
            index: Int(attached.port.index), name: attached.planned.name,
            device: "\(attached.planned.device)", driver: attached.driver, mac: "\(attached.mac)",
            mtu: attached.planned.mtu,
            link: PortLink(
                up: link.isUp && !forwarder.isDown(attached),
                speedMbps: attached.linux == nil ? link.megabitsPerSecond : nil,
                fullDuplex: link.isFullDuplex, obstacle: obstacle),
            promiscuous: attached.isPromiscuous,
            numaNode: attached.port.numaNode.map(Int.init),
            rxQueues: attached.planned.rxQueues, txQueues: attached.planned.txQueues,
            admit: attached.configured.admit == .any ? .any : .own,
            received: Traffic(tallies.received(port: attached.port.index)),
            transmitted: Traffic(tallies.transmitted(port: attached.port.index)),
            counters: DeviceCounters(
                imissed: counters.missed, ierrors: counters.receiveErrors,
                oerrors: counters.transmitErrors, rxNoMbuf: counters.withoutMbuf),
            xstats: try attached.port.extendedStatistics())
    }

    package func workers() async throws -> WorkersReply {
        // What is under way beside this.
        let activities = forwarder.activity.current.map(\.name)
        return forwarder.activity.during(.statistics) {
            let names = Dictionary(
                uniqueKeysWithValues: forwarder.ports.map { ($0.port.index, $0.planned.name) })
            let workers = zip(forwarder.group.workers, forwarder.plan.workers).map {
                status($0, $1, names)
            }
            return WorkersReply(time: clock(), workers: workers, activities: activities)
        }
    }

    private func status(
        _ worker: Worker, _ planned: Plan.Lcore, _ names: [UInt16: String]
    ) -> WorkerStatus {
        let tallies = worker.readTallies()
        let rounds = worker.readRounds()
        let ticks = worker.heartbeat
        let stalled = watch?.stalled[worker.index]
        let state: WorkerStatus.State =
            switch worker.lifeState {
            case .stopped: .stopped
            case _ where stalled != nil: .stalled
            case .starting: .starting
            case .running, .exhausted, .failed: .running
            }
        var status = WorkerStatus(
            index: worker.index, lcore: planned.lcore, cpus: planned.cpus,
            floating: forwarder.plan.isFloating, state: state, rounds: rounds.rounds,
            emptyRounds: rounds.emptyRounds,
            // The two are of moments that lie close together.
            busyShare: ticks == 0 ? 0 : min(1, Double(rounds.busyTicks) / Double(ticks)),
            received: Traffic(tallies.received), transmitted: Traffic(tallies.transmitted),
            handedOff: tallies.rxHandedOff &+ tallies.txHandedOff,
            taken: tallies.rxTaken &+ tallies.txTaken,
            queues: worker.polledQueues.map {
                WorkerStatus.Queue(port: names[$0.port] ?? "", queue: Int($0.queue))
            })
        guard let watch else { return status }
        status.stalledSeconds = stalled.map { $0 / .seconds(1) }
        status.gaps = watch.gaps(of: worker)
        status.thread = worker.thread.flatMap(WorkerThread.init).map {
            ThreadStatus(
                id: Int($0.id), waitedSeconds: Double($0.waitedNanoseconds) / 1e9,
                preemptions: $0.preemptions)
        }
        return status
    }

    package func drops() async throws -> DropsReply {
        forwarder.activity.during(.drops) {
            let tallies = forwarder.group.readTallies()
            let reading = DropReading(forwarder)
            return DropsReply(
                time: clock(), startedAt: startedAt, keptPerReason: forwarder.group.keptDrops,
                reasons: DropReason.allCases.compactMap {
                    withRate(reading.count($0, tallies))
                })
        }
    }

    func drops(of reason: DropReason) -> DroppedFramesReply {
        forwarder.activity.during(.drops) {
            let reading = DropReading(forwarder)
            let frames = reading.frames(reason)
            let count =
                withRate(reading.count(reason, forwarder.group.readTallies()))
                ?? DropCount(
                    reason: reason.name, summary: reason.summary, frames: 0, bytes: 0, kept: 0)
            return DroppedFramesReply(
                time: clock(), count: count, samples: frames,
                unclaimed: reason == .localNotHandled ? reading.unclaimed : nil)
        }
    }

    private func withRate(_ count: DropCount?) -> DropCount? {
        guard var count else { return nil }
        count.rate = samples.withLock { samples in
            guard let newer = samples.newer, let older = samples.older else { return nil }
            return newer.dropRate(of: count.reason, since: older)
        }
        return count
    }

    package func version() async throws -> VersionReply {
        VersionReply(
            version: version, dpdkBuild: EAL.buildVersion, dpdkRuntime: EAL.runtimeVersion,
            swift: Self.swiftVersion, pid: getpid(), startedAt: startedAt)
    }

    private static var swiftVersion: String {
        #if swift(>=6.4)
            "6.4 or newer"
        #elseif swift(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
