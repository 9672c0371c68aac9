// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import DPDK
import Dataplane
public import Forwarding
import Foundation
public import FreewayConfiguration
public import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `freeway run`: a forwarder with its control socket, from start to the final ledger.
public struct Daemon: Sendable {
    public let configuration: Configuration
    /// What the configuration was read from.
    private let text: ConfigurationText
    public let socketPath: String
    public let version: String
    public let logger: Logger
    /// Dropped frames that are kept of each reason; 0 to keep none.
    public var keptDrops = DropReasonText.usuallyKept
    /// Told how far the captures of devices have been read, which are read before anything starts.
    public var showReading: @Sendable (ReadingProgress) -> Void = { _ in }
    /// Puts what a configuration that is reloaded says of the log in force.
    public var setLog: @Sendable (Configuration.Log) -> Void = { _ in }

    public init(
        configuration: Configuration, yaml: [UInt8], socketPath: String, version: String,
        logger: Logger
    ) throws {
        self.configuration = configuration
        text = try ConfigurationText(path: configuration.path, yaml: yaml, loadedAt: .now)
        self.socketPath = socketPath
        self.version = version
        self.logger = logger
    }

    /// How it ended.
    public struct Outcome: Sendable {
        /// The final statistics.
        public let stats: StatsReply
        /// Captures that devices were to write and that are not there; nil when all are.
        public let outputFault: ForwarderError?
    }

    /// Runs until SIGTERM, SIGINT or cancellation, and gives the final statistics. SIGHUP has the
    /// configuration file read again.
    /// - Throws: `ForwarderError`, `ControlSocketError` or `ConfigurationErrors`; then nothing is
    ///   left behind.
    public func run(machine: Machine) async throws -> Outcome {
        ReloadSignal.watch()
        let captures = try LiveCaptures(
            configuration, watch: ReadingProgress.watch(showReading))
        let plan = try Plan(
            configuration: configuration, machine: machine, heldFrames: captures.heldFrames)
        for warning in plan.warnings { logger.warning("\(warning)") }
        for note in captures.notes { logger.warning("\(note)") }
        if let error = HostCheck(configuration, plan: plan).error { throw error }
        try OpenFiles.require(OpenFiles.needed(plan) + ControlLimits.fewestConnections)
        let devices = try LiveDevices(
            configuration, captures: captures, keptDrops: keptDrops)
        let listener = try ControlListener.claim(
            path: socketPath, group: configuration.control.group)
        defer { listener.close() }
        ControlThreads.bind(to: plan.control.cpus)
        // As many threads for clients as the control plane has CPUs: each has files of its own.
        NIOSingletons.groupLoopCountSuggestion = max(1, plan.control.cpus.count)
        let dpdkLogger = logger
        LogCapture.shared.forward { dpdkLogger.debug("\($0)", source: "dpdk") }
        let outputLogger = logger
        try devices.startOutputs { outputLogger.error("\($0)") }
        do {
            let stats = try await forward(plan, devices, listener)
            return Outcome(stats: stats, outputFault: devices.finishOutputs(isComplete: true))
        } catch {
            _ = devices.finishOutputs(isComplete: false)
            throw error
        }
    }

    /// Forwards from start to end; the devices are closed when it returns.
    private func forward(
        _ plan: Plan, _ devices: LiveDevices, _ listener: ControlListener
    ) async throws -> StatsReply {
        let control = ControlLoop(.thread)
        control.start { [logger] step in
            logger.debug("the control loop was held up by \(step.name) for \(step.time)")
        }
        let forwarder: Forwarder
        do throws(ForwarderError) {
            forwarder = try Forwarder(configuration, plan, devices.devices, control: control)
        } catch {
            control.stop()
            throw error
        }
        defer { forwarder.tearDown() }
        do throws(ForwarderError) {
            try forwarder.start(plan.isFloating ? .floating : .pinned)
        } catch {
            devices.prepareToEnd()
            try stopWorkers(of: forwarder)
            throw error
        }
        let notifier = SystemdNotifier()
        let watch = WorkerWatch(forwarder, logger)
        watch.start()
        defer { watch.stop() }
        let source = ForwarderStatus(
            forwarder: forwarder, text: text, version: version,
            reloading: ForwarderStatus.Reloading(
                path: configuration.path, logger: logger, notifier: notifier,
                setLog: setLog), watch: watch)
        announce(plan, forwarder)
        do {
            try await serve(listener, source, notifier, ControlLimits(plan), forwarder)
        } catch {
            watch.stop()
            devices.prepareToEnd()
            try stopWorkers(of: forwarder)
            throw error
        }
        watch.stop()
        devices.prepareToEnd()
        try stopWorkers(of: forwarder)
        return try await source.stats()
    }

    /// Stops the workers.
    /// - Throws: `ForwarderError` when one is stuck. Then all that it uses stays as it is, and the process
    ///   has to end.
    private func stopWorkers(of forwarder: Forwarder) throws(ForwarderError) {
        let stuck = forwarder.stopWorkers()
        guard stuck.isEmpty else { throw .stuck(stuck, forwarder.plan) }
    }

    private func serve(
        _ listener: ControlListener, _ source: ForwarderStatus, _ notifier: SystemdNotifier,
        _ limits: ControlLimits, _ forwarder: Forwarder
    ) async throws {
        let services: [any Service] = [
            ControlServer(listener: listener, source: source, limits: limits, logger: logger),
            ControlDuties(
                control: forwarder.control, source: source, notifier: notifier,
                watchdog: notifier.keepAliveInterval.map {
                    SystemdWatchdog(
                        notifier: notifier, interval: $0, listener: listener,
                        workers: forwarder.group.workers, logger: logger)
                }, logger: logger),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger))
        try await group.run()
        logger.info("stopping")
    }

    /// The service group's own messages are for those who debug it.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private func announce(_ plan: Plan, _ forwarder: Forwarder) {
        let memory = plan.memory
        logger.info("memory: \(memory.megabytes) MB in \(memory.pages) pages: \(memory.reason)")
        for attached in forwarder.ports {
            logger.info(
                "port",
                metadata: [
                    "name": "\(attached.planned.name)", "device": "\(attached.planned.device)",
                    "driver": "\(attached.driver)", "mac": "\(attached.mac)",
                    "mtu": "\(attached.planned.mtu)", "rxQueues": "\(attached.planned.rxQueues)",
                    "txQueues": "\(attached.planned.txQueues)",
                ])
        }
        logger.info(
            "forwarding",
            metadata: [
                "mode": "\(configuration.forward.rawValue)", "workers": "\(plan.workers.count)",
                "lcores": "\(plan.lcores)", "version": "\(version)",
                "dpdk": "\(EAL.runtimeVersion)",
            ])
    }
}
