// SPDX-License-Identifier: Apache-2.0

/// What the forwarder will do on a machine: which worker runs where and polls what, and how much
/// memory that takes. `freeway check` prints it, `freeway run` carries it out.
public struct Plan: Equatable, Sendable {
    public enum Purpose: String, Encodable, Sendable {
        case run, replay
    }

    public static let schemaVersion = 1
    /// The most workers of a replay.
    public static let maximumReplayWorkers = 16

    public internal(set) var path: String
    public let purpose: Purpose
    public let forward: Configuration.ForwardMode
    /// Lcore 0, the control plane's.
    public let control: Lcore
    /// Lcore i + 1 is worker i.
    public let workers: [Lcore]
    /// The workers share CPUs: their empty rounds give the CPU away.
    public let isFloating: Bool
    /// The value of EAL's `--lcores`.
    public let lcores: String
    public internal(set) var ports: [Port]
    /// Those of tagged frames.
    public internal(set) var interfaces: [Interface]
    public internal(set) var memory: Memory
    /// The configuration's and the plan's own, in file order.
    public internal(set) var warnings: [Diagnostic]

    /// The plan of `freeway run`.
    ///
    /// - Parameter heldFrames: the frames of all captures that repeat for ever (`infinite`), which
    ///   `net_pcap` loads into mbufs at its start. The plan reads no captures itself.
    /// - Parameter isSpread: whether each queue of every device receives flows of its own, whatever
    ///   the device is, as behind a card with RSS. Where it does not, software RSS spreads them.
    public init(
        configuration: Configuration, machine: Machine, heldFrames: Int = 0,
        isSpread: Bool = false
    ) throws(ConfigurationErrors) {
        try self.init(
            .run, configuration, machine, heldFrames,
            try WorkerPlacement(configuration: configuration, machine: machine),
            isSpread: isSpread)
    }

    /// The plan of a replay: every port reads at most one capture, the workers float, the pages
    /// are ordinary. `workers` and `memory.pages` of the file do not count.
    ///
    /// - Precondition: `workers` is 1 to ``maximumReplayWorkers``.
    public init(
        replaying configuration: Configuration, workers: Int = 1, machine: Machine
    ) throws(ConfigurationErrors) {
        precondition((1...Self.maximumReplayWorkers).contains(workers))
        try self.init(
            .replay, configuration, machine, 0, WorkerPlacement(replayWorkers: workers, machine))
    }

    private init(
        _ purpose: Purpose, _ configuration: Configuration, _ machine: Machine,
        _ heldFrames: Int, _ placement: WorkerPlacement, isSpread: Bool = false
    ) throws(ConfigurationErrors) {
        let workerCount = placement.workers.count
        var ports: [Port] = []
        // Ports with fewer queues than there are workers have different workers begin.
        var queues = 0
        for index in configuration.ports.indices {
            let port = Port(
                index: index, in: configuration, purpose, workerCount: workerCount,
                // One worker of a replay reads all captures, in the order of time.
                firstWorker: purpose == .run ? queues % workerCount : 0, isSpread: isSpread)
            let fewest = min(port.rxQueues, port.txQueues)
            if fewest < workerCount { queues += fewest }
            ports.append(port)
        }
        var warnings = placement.warnings
        memory = try Memory(
            purpose, configuration, machine, ports, placement.workers, heldFrames: heldFrames,
            &warnings)
        path = configuration.path
        self.purpose = purpose
        forward = configuration.forward
        control = placement.control
        workers = placement.workers
        isFloating = placement.isFloating
        lcores = placement.lcores
        self.ports = ports
        interfaces = configuration.vlanInterfaces.map { Interface($0, configuration) }
        self.warnings = (configuration.warnings + warnings).inFileOrder()
    }
}
