// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import Dataplane
public import Forwarding
import Foundation
public import FreewayConfiguration
import PacketHeaders

/// `freeway bench`: one workload through the forwarder of `freeway run`, with a source that never ends
/// for each worker and a sink, and without a control socket. One in a process: DPDK starts once.
public struct Bench {
    /// How long it runs.
    public enum Extent: Sendable, Equatable {
        /// After a moment of warming up.
        case seconds(Double)
        /// Until at least so many frames left, from the first one on.
        case frames(UInt64)
    }

    public enum Phase: Sendable {
        case preparing
        /// Reading the capture whose frames go round.
        case reading(ReadingProgress)
        /// The share that is done, from 0 to 1.
        case measuring(Double)
    }

    /// As many workers as a replay may have.
    public static let mostWorkers = Plan.maximumReplayWorkers

    public let workload: BenchWorkload
    /// The user's own; nil for a built-in workload.
    public var configuration: Configuration?
    /// Nil for as many as the configuration says.
    public var workers: Int?
    /// Nil for those that the configuration says.
    public var pages: Configuration.Memory.Pages?
    public var extent = Extent.seconds(2)
    /// A capture whose frames go round in the place of generated ones.
    public var capture: String?
    /// Where the generated frames of the first worker are left.
    public var savedCapture: String?
    /// Whether one round in 256 is sampled for the cycles of each stage. Otherwise the loop is the very
    /// one of `freeway run`.
    public var samplesStages = true

    public init(_ workload: BenchWorkload) { self.workload = workload }

    /// Measures, and gives the figures.
    /// - Throws: `ForwarderError`, also when a frame was lost.
    public func run(
        machine: Machine, progress: (Phase) -> Void = { _ in }
    ) throws(ForwarderError) -> BenchWorkloadReport {
        progress(.preparing)
        var notes: [String] = []
        let folder = try PrivateFolder()
        // The devices read from it.
        defer { withExtendedLifetime(folder) {} }
        let prepared = try prepare(machine, in: folder, &notes, progress)
        defer { withExtendedLifetime(prepared) {} }
        try checkMemory(prepared.plan, machine)
        try OpenFiles.require(OpenFiles.needed(prepared.plan))
        let plan = prepared.plan
        var devices = try LiveDevices(
            prepared.configuration, keptDrops: DropReasonText.usuallyKept
        ).devices
        // The sources wait for the workers, so these may wait for one another.
        devices.waitsForOwners = true
        ControlThreads.bind(to: plan.control.cpus)
        let forwarder = try Forwarder(prepared.configuration, plan, devices)
        var stuck: [Worker] = []
        // A worker that is stuck uses what would be taken down.
        defer { if stuck.isEmpty { forwarder.tearDown() } }
        try knowHosts(forwarder)
        try forwarder.start(loop(plan))
        var measurement = BenchMeasurement(forwarder, expected: workload.expectedDrops)
        measurement.run(extent, progress)
        // A single worker has nobody to wait for, and without draining has no round without frames.
        stuck =
            plan.workers.count == 1
            ? forwarder.group.stop(patience: .seconds(5))
            : forwarder.stopWorkers(patience: .seconds(5))
        guard stuck.isEmpty else { throw ForwarderError.stuck(stuck, plan) }
        let tallies = forwarder.group.readTallies()
        try checkLedger(tallies)
        let measured = measurement.measured()
        guard measured.packets > 0 else {
            if measurement.isInterrupted {
                throw ForwarderError(.interrupted, "interrupted before anything was measured")
            }
            throw ForwarderError(
                .internalFault, "\(workload.rawValue): no frame left in \(measured.seconds) s")
        }
        var report = BenchWorkloadReport(
            name: workload.rawValue, workers: plan.workers.count, floating: plan.isFloating,
            pages: plan.memory.pages.rawValue, prefixes: prepared.configuration.routes.count,
            differentFrames: prepared.frames * prepared.sources,
            wireBytesPerFrame: measurement.bytesPerFrame + 4
                + BenchWorkloadReport.LineRate.overheadBytes,
            measured: measured, ledger: tallies.ledger)
        report.interrupted = measurement.isInterrupted
        if plan.isFloating {
            notes.append(
                "\(plan.workers.count) workers and the control thread share "
                    + "\(machine.allowedCPUs.count) CPUs: cycles count also while a worker waits for one"
            )
        }
        report.notes = notes
        return report
    }

    /// Has the MAC addresses of the hosts known that frames are for.
    private func knowHosts(_ forwarder: Forwarder) throws(ForwarderError) {
        for number in 0..<workload.hosts {
            let (address, mac) = BenchConfiguration.host(number, workload)
            do throws(ControlRefusal) {
                _ = try forwarder.addNeighbour(address, mac)
            } catch {
                throw ForwarderError(.internalFault, "\(address): \(error.reply.error.message)")
            }
        }
    }

    private func loop(_ plan: Plan) -> Worker.Loop {
        Worker.Loop(isFloating: plan.isFloating, watch: samplesStages ? .cycles : .nobody)
    }

    private func checkLedger(_ tallies: TallySet) throws(ForwarderError) {
        let ledger = tallies.ledger
        let dropped = ledger.dropped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let text =
            "received \(ledger.received), transmitted \(ledger.transmitted), in transit \(ledger.inTransit), parked \(ledger.parked), "
            + "dropped \(dropped.isEmpty ? "0" : dropped.joined(separator: ", "))"
        guard tallies.balances, ledger.isBalanced else {
            throw ForwarderError(
                .internalFault,
                "\(workload.rawValue): the ledger does not balance: \(text); this is a fault of "
                    + "Freeway: please report it")
        }
        let expected = Set(workload.expectedDrops.map(\.name))
        guard ledger.dropped.allSatisfy({ expected.contains($0.key) }) else {
            let cause =
                capture.map {
                    "not all frames of \($0) can be forwarded, so these are no figures of "
                        + "forwarding"
                } ?? "frames were lost; this is a fault of Freeway: please report it"
            throw ForwarderError(.internalFault, "\(workload.rawValue): \(cause): \(text)")
        }
    }
}
