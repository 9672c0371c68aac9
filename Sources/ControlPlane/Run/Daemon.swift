// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import DPDK
import Dataplane
import Foundation
public import FreewayConfiguration
public import Logging
import ServiceLifecycle
import UnixSignals

/// `freeway run`: a forwarder with its control socket, from start to the final ledger.
public struct Daemon: Sendable {
    public let configuration: Configuration
    /// The text that the configuration was read from.
    public let yaml: String
    public let socketPath: String
    public let version: String
    public let logger: Logger
    /// Dropped frames that are kept of each reason; 0 to keep none.
    public var keptDrops = DropReasonText.usuallyKept
    /// Puts the log level of a configuration that is reloaded in force.
    public var setLogLevel: @Sendable (Configuration.Log.Level) -> Void = { _ in }

    public init(
        configuration: Configuration, yaml: String, socketPath: String, version: String,
        logger: Logger
    ) {
        self.configuration = configuration
        self.yaml = yaml
        self.socketPath = socketPath
        self.version = version
        self.logger = logger
    }

    /// Runs until SIGTERM, SIGINT or cancellation, and gives the final statistics. SIGHUP has the
    /// configuration file read again.
    /// - Throws: `ForwarderError`, `ControlSocketError` or `ConfigurationErrors`; then nothing is
    ///   left behind.
    public func run(machine: Machine) async throws -> StatsReply {
        ReloadSignal.watch()
        let plan = try Plan(
            configuration: configuration, machine: machine,
            heldFrames: try LiveDevices.heldFrames(configuration))
        for warning in plan.warnings { logger.warning("\(warning)") }
        if let error = HostCheck(configuration, plan: plan).error { throw error }
        let devices = try LiveDevices(configuration, keptDrops: keptDrops)
        let listener = try ControlListener.claim(
            path: socketPath, group: configuration.control.group)
        defer { listener.close() }
        ControlThreads.bind(to: plan.control.cpus)
        let dpdkLogger = logger
        LogCapture.shared.forward { dpdkLogger.debug("\($0)", source: "dpdk") }
        let forwarder = try Forwarder(configuration, plan, devices.devices)
        defer { forwarder.tearDown() }
        do throws(ForwarderError) {
            try forwarder.start(plan.isFloating ? .floating : .pinned)
        } catch {
            try stopWorkers(of: forwarder)
            throw error
        }
        let notifier = SystemdNotifier()
        let watch = WorkerWatch(forwarder, logger)
        watch.start()
        defer { watch.stop() }
        let source = ForwarderStatus(
            forwarder: forwarder, path: configuration.path, yaml: yaml, version: version,
            reloading: ForwarderStatus.Reloading(
                path: configuration.path, logger: logger, notifier: notifier,
                setLogLevel: setLogLevel), watch: watch)
        announce(plan, forwarder)
        do {
            try await serve(listener, source, notifier)
        } catch {
            watch.stop()
            try stopWorkers(of: forwarder)
            throw error
        }
        watch.stop()
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
        _ listener: ControlListener, _ source: ForwarderStatus, _ notifier: SystemdNotifier
    ) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: ControlServer(listener: listener, source: source, logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: StatusSampler(source: source, notifier: notifier, logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger))
        try await group.run()
        notifier.stopping(status: "stopping")
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
