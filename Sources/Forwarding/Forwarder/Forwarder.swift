// SPDX-License-Identifier: Apache-2.0

import DPDK
package import Dataplane
import Dispatch
package import FreewayConfiguration
import LinuxDevices
import Synchronization

/// A forwarder at work: DPDK's environment, the ports and the workers.
///
/// Live and replaying forwarders differ in their devices and in where frames go; the pipeline is the
/// same. It is started and taken down by one thread; any thread may ask what is in force.
package final class Forwarder: @unchecked Sendable {
    let environment: PacketEnvironment
    package let group: WorkerGroup
    /// Nil where nobody is asked for a MAC.
    package let neighbours: NeighbourKeeper?
    /// Whether every port takes frames for any MAC address.
    let admitsAny: Bool
    /// Picks among next hops where the configuration in force names no seed. It follows from the addresses
    /// that the forwarder started with, so that no reload moves flows that it does not mean to move.
    let flowSeed: UInt32
    /// What is in force. Held for moments only, so that nobody who asks waits for a reload.
    let state: Mutex<State>
    /// Does what must not fall together: snapshots are published, freed and read by others than workers in its steps.
    package let control: ControlLoop
    /// Where devices are asked and told.
    package let devices = DeviceLane()
    /// Whether they are being asked for their links.
    let looksAtLinks = Atomic(false)
    /// Whoever has the turn may replace what is in force, beside the control loop: it takes seconds.
    let updates: Mutex<Updates>
    let turn = DispatchSemaphore(value: 1)

    struct State {
        var plan: Plan
        var tables: ForwardingTables
        /// DPDK's indices of the ports whose link went down.
        var down: Set<UInt16> = []
        /// DPDK's indices of the ports whose link was seen up.
        var seenUp: Set<UInt16> = []
        /// What keeps frames from passing a port, by DPDK's index.
        var obstacles: [UInt16: String] = [:]
    }

    struct Updates {
        /// What is routed, and by which table; nil in a forwarder that cross-connects.
        var routing: RoutingState?
        /// The forwarder is being taken down: nothing is replaced any more.
        var isOver = false
    }

    /// What the control plane says that it does: whoever does something notable says so here.
    package var activity: ControlActivity { group.activity }
    package var plan: Plan { state.withLock { $0.plan } }
    package var configuration: Configuration { state.withLock { $0.tables.configuration } }
    /// In the order of the configuration.
    package var ports: [AttachedPort] { state.withLock { $0.tables.ports } }
    /// What a replay brings in; nil in a live forwarder.
    package let schedule: ReplaySchedule?

    /// How a forwarder's devices are made.
    package struct Devices {
        /// The words that attach the device of each port of the configuration.
        package var attachments: [Configuration.Device.Attachment]
        /// Attaches one of them; a test has devices that EAL knows already.
        var attach: Attach = { attachment throws(DPDKError) in
            try Device.attach(
                bus: attachment.bus == "pci" ? .pci : .vdev, name: attachment.name,
                arguments: attachment.arguments)
        }
        /// Whether every port takes frames for any MAC address.
        var admitsAny = false
        /// Dropped frames that are kept of each reason.
        var keptDrops = DropReasonText.usuallyKept
        /// Whether received frames wait for room on the ring to another worker, although nothing is
        /// replayed: right where frames come in only as fast as they are taken.
        package var waitsForOwners = false
        typealias Attach =
            (Configuration.Device.Attachment) throws(DPDKError) -> (device: Device, port: Port)

        package typealias MakeWays =
            (PacketEnvironment, [AttachedPort]) throws(ForwarderError) -> Ways

        /// Where the frames of each port go, and what a replay brings in; made once the ports exist.
        var ways: MakeWays = { _, ports in Ways(transmit: ports.map { _ in .device }) }
    }

    /// Where frames go, and what a replay brings in.
    package struct Ways {
        var transmit: [WorkerGroup.PortDescription.Way]
        var schedule: ReplaySchedule?
        /// Whether workers are run one frame at a time by whoever replays.
        var isLockStep: Bool

        package init(
            transmit: [WorkerGroup.PortDescription.Way], schedule: ReplaySchedule? = nil,
            isLockStep: Bool = false
        ) {
            self.transmit = transmit
            self.schedule = schedule
            self.isLockStep = isLockStep
        }
    }

    /// Starts DPDK, attaches the devices and builds the tables. Nothing runs yet.
    /// - Parameters:
    ///   - control: stopped with the forwarder.
    ///   - started: an environment that has been started; nil starts one.
    package init(
        _ configuration: Configuration, _ plan: Plan, _ devices: Devices,
        control: ControlLoop = ControlLoop(.caller), in started: PacketEnvironment? = nil
    ) throws(ForwarderError) {
        self.control = control
        let environment: PacketEnvironment
        if let started { environment = started } else { environment = try .start(plan) }
        self.environment = environment
        admitsAny = devices.admitsAny
        flowSeed = configuration.flowSeedOfAddresses
        var ports: [AttachedPort] = []
        do throws(ForwarderError) {
            for (planned, attachment) in zip(plan.ports, devices.attachments) {
                ports.append(
                    try AttachedPort.attach(
                        planned, configuration.ports[planned.index], as: attachment,
                        by: devices.attach, in: environment,
                        acceptsAll: configuration.acceptsAll(planned.index) || devices.admitsAny))
            }
            let ways = try devices.ways(environment, ports)
            let numbers = InterfaceNumbers().following(
                configuration, portIndices: ports.map(\.port.index),
                count: { _ in InterfaceCount() }, countOfPort: { _ in InterfaceCount() })
            var routing = try Self.makeRouting(configuration, plan, ports, numbers)
            let tables = ForwardingTables(
                configuration: configuration, ports: ports, admitsAny: devices.admitsAny,
                flowSeed: flowSeed, numbers: numbers, routing)
            do throws(ForwarderError) {
                group = try Self.makeGroup(
                    configuration, plan, ports, ways, tables.snapshot(down: []), devices)
            } catch {
                routing?.free()
                throw error
            }
            if configuration.forward == .route, ways.schedule == nil || ways.isLockStep {
                let pools = Dictionary(
                    uniqueKeysWithValues: ports.map {
                        ($0.port.index, environment.pool(for: $0.port))
                    })
                let keeper = NeighbourKeeper(group) { pools[$0] }
                keeper.follow(tables, down: [])
                keeper.settle()
                group.lockStep?.use(keeper)
                neighbours = keeper
            } else {
                neighbours = nil
            }
            state = Mutex(State(plan: plan, tables: tables))
            updates = Mutex(Updates(routing: routing))
            schedule = ways.schedule
        } catch {
            for attached in ports { attached.detach() }
            environment.stop()
            throw error
        }
        // Nobody looks after it between two steps.
        guard group.lockStep != nil else { return }
        neighbours?.publish = { [unowned self] in publish(state.withLock { $0.tables }) }
    }

    private static func makeRouting(
        _ configuration: Configuration, _ plan: Plan, _ ports: [AttachedPort],
        _ numbers: InterfaceNumbers
    ) throws(ForwarderError) -> RoutingState? {
        guard let sizes = RoutingState.TableSizes(plan, configuration) else { return nil }
        do throws(FIBFailure) {
            return try RoutingState(
                configuration, ports, numbers, sizes, numaNode: plan.tableNode)
        } catch {
            switch error {
            case .noMemory(let error):
                throw ForwarderError(
                    error, remedy: "lower memory.routes or workers, or free memory")
            case .tooManySplitNetworks, .tooManyNodes, .tooManyNextHops, .tooManyRoutes:
                throw ForwarderError(
                    .badConfiguration, "routes: \(error.obstacle); \(error.remedy)")
            }
        }
    }

    private static func makeGroup(
        _ configuration: Configuration, _ plan: Plan, _ ports: [AttachedPort], _ ways: Ways,
        _ snapshot: Snapshot, _ devices: Devices
    ) throws(ForwarderError) -> WorkerGroup {
        let descriptions = zip(ports, ways.transmit).map { attached, way in
            WorkerGroup.PortDescription(
                port: attached.port.index, rxWorkers: attached.planned.rxWorkers,
                txWorkers: attached.planned.txWorkers,
                txQueueOfWorker: attached.planned.txQueueOfWorker,
                isSteered: attached.planned.usesSoftwareRSS, way: way,
                refusals: attached.linux?.refusals ?? [])
        }
        do throws(DPDKError) {
            var description = WorkerGroup.Description(
                mode: configuration.forward == .route ? .route : .crossConnect,
                lcores: plan.workers.map { Lcore(index: UInt32($0.lcore)) },
                ports: descriptions, schedule: ways.schedule)
            description.isLockStep = ways.isLockStep
            description.resolves =
                configuration.forward == .route && (ways.schedule == nil || ways.isLockStep)
            description.keptDrops = devices.keptDrops
            description.steersAsHardware = plan.ports.contains(where: \.usesHardwareRSS)
            if devices.waitsForOwners { description.waitsForOwners = true }
            return try WorkerGroup(description, snapshot: snapshot)
        } catch {
            throw ForwarderError(error, remedy: "lower workers, or give more memory.megabytes")
        }
    }

    /// Whether hosts are told our addresses when workers start, and when a link comes up.
    var announces: Bool { schedule == nil || configuration.arp.announce == .always }

    /// Starts the ports, then the workers.
    package func start(_ loop: Worker.Loop) throws(ForwarderError) {
        for attached in ports { try attached.start() }
        do throws(DPDKError) {
            try group.launch(loop)
        } catch {
            throw ForwarderError(error, remedy: "lower workers")
        }
        if announces {
            control.perform("announce") { [self] in
                if let first = schedule?.firstTime { neighbours?.begin(at: first) }
                announce(ports.map(\.port.index))
            }
        }
    }

    /// Stops taking frames in, lets the workers finish what they hold, and stops them.
    /// - Parameter patience: how long frames between workers may take to settle; what is left then is
    ///   dropped with the reason `shutdown`.
    /// - Returns: workers that are stuck in a round, and did not return within five seconds; `tearDown()`
    ///   then leaves everything as it is.
    @discardableResult
    package func stopWorkers(patience: Duration = .milliseconds(300)) -> [Worker] {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        control.perform("end") { [neighbours] in neighbours?.endAdvertising() }
        group.drain()
        while !group.isDrained, clock.now < deadline { lookAgainSoon() }
        return group.stop(patience: .seconds(5))
    }

    /// Takes everything down, once a reload that is under way has ended. The workers must have been
    /// stopped; when one of them did not return, nothing is freed, since it uses it: the process has to end.
    package func tearDown() {
        guard !group.workers.contains(where: \.isAtWork) else {
            // Whoever is in the lane may wait for the worker that is stuck.
            let done = DispatchSemaphore(value: 0)
            devices.post { [ports] in
                for attached in ports { attached.linux?.giveBack() }
                done.signal()
            }
            _ = done.wait(timeout: .now() + .seconds(1))
            return
        }
        // Nobody asks a device any more that is about to go, and what came of the last question is put in force.
        devices.perform {}
        control.stop()
        updates.withLock { $0.isOver = true }
        for attached in ports { attached.detach() }
        group.free()
        updates.withLock { $0.routing?.free() }
        environment.stop()
    }
}

extension Forwarder.Devices {
    /// The devices of a replay.
    package init(
        attachments: [Configuration.Device.Attachment], admitsAny: Bool, keptDrops: Int,
        ways: @escaping MakeWays
    ) {
        self.init(attachments: attachments, keptDrops: keptDrops)
        self.admitsAny = admitsAny
        self.ways = ways
    }
}
