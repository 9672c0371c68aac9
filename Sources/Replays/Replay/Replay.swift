// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import DPDK
import Dataplane
public import Forwarding
public import FreewayConfiguration
import Glibc

/// Runs captures through the production pipeline. One replay in a process, since DPDK starts once.
public struct Replay {
    public var configuration: Configuration
    /// The capture that each port receives, by name.
    public var inputs: [String: String] = [:]
    /// Where to write what each port sends, by name.
    public var outputs: [String: String] = [:]
    public var workers = 1
    /// Whether ports take frames for any MAC address.
    public var admitsAny = false
    /// How often the inputs are played, one time after the other.
    public var rounds = 1
    public var intake = Intake.usual
    /// To play at the recorded pace: how many times faster. Nil to wait for nothing.
    public var speed: Double?
    /// Dropped frames that are kept of each reason; 0 to keep none.
    public var keptDrops = DropReasonText.usuallyKept
    /// Where to write the kept frames as pcapng.
    public var dropsOutput: String?
    /// What happens between frames, in any order of their times; those of one time happen as listed.
    public var steps: [ReplayStep] = []
    /// What `/v1/version` answers to a query among the steps.
    public var version = ""
    /// Whether to write down what the stages do with each frame. The stages are the same, compiled for
    /// a recorder: slower, and with memory for each frame.
    public var recordsJourneys = false
    public var journeyLimits = JourneyLimits()

    public static let mostInBurst = Burst.capacity

    /// How frames come in.
    public enum Intake: Sendable, Equatable {
        /// One at a time where frames may affect each other, which they do where Freeway routes, and else as many at once
        /// as there are.
        case usual
        /// As many at once as there are, up to a number: 1 to ``mostInBurst``. Each worker has a thread.
        case bursts(of: Int)
        /// One at a time, on the calling thread: what follows from a frame is through before the next one.
        case lockStep

        /// The words that ask for it.
        public var words: [String] {
            switch self {
            case .usual: []
            case .bursts(Replay.mostInBurst): ["--threads"]
            case .bursts(let most): ["--burst", String(most)]
            case .lockStep: ["--lock-step"]
            }
        }

        /// What it comes to in a mode.
        func inUse(_ mode: Configuration.ForwardMode) -> Intake {
            guard self == .usual else { return self }
            return mode == .route ? .lockStep : .bursts(of: Replay.mostInBurst)
        }

        var most: Int { if case .bursts(let most) = self { most } else { 1 } }
    }

    private var isLockStep: Bool { intake.inUse(configuration.forward) == .lockStep }

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// What a replay is at.
    public enum Progress: Sendable {
        /// Reading an input for the first time.
        case reading(ReadingProgress)
        /// Frames that came in, and frames in all.
        case frames(UInt64, of: UInt64)
    }

    /// How many files a replay may have open at a time.
    public static func openFiles(workers: Int, inputs: Int, outputs: Int) -> Int {
        OpenFiles.needed(
            workers: workers, captures: inputs * ReplayInput.openFiles + outputs)
    }

    /// Replays, and gives the report, and the journeys if asked for, once every frame has left.
    /// - Parameter progress: called now and then.
    /// - Throws: `ForwarderError`; then no output capture is left behind.
    public func run(
        machine: Machine, progress: (Progress) -> Void = { _ in }
    ) throws(ForwarderError) -> Outcome {
        try OpenFiles.require(
            Self.openFiles(
                workers: workers, inputs: inputs.count,
                outputs: outputs.count + (dropsOutput == nil ? 0 : 1)))
        try checkSteps()
        let opened = try openInputs(progress)
        let surveys = opened.mapValues(\.survey)
        let epoch = surveys.values.first?.epoch ?? 0
        let timeline = try timeline(surveys)
        let writers = try openOutputs(epoch, timeline)
        let dropCapture = try dropsOutput.map { path throws(ForwarderError) in
            try DropCapture(path: path, ports: configuration.ports.map(\.name), epoch: epoch)
        }
        let pace = speed.map { ReplayPace(speed: $0) }
        let plan: Plan
        do throws(ConfigurationErrors) {
            plan = try Plan(replaying: roomiestConfiguration, workers: workers, machine: machine)
        } catch {
            throw ForwarderError(.badConfiguration, error.description)
        }
        let pauses = pauses(first: timeline.first)
        let links = try CaptureLinks()
        defer { withExtendedLifetime(links) {} }
        var outlets: [FrameCollector.Outlet] = []
        let forwarder = try Forwarder(
            configuration, plan,
            Forwarder.Devices(
                attachments: try attachments(opened, links), admitsAny: admitsAny,
                keptDrops: keptDrops,
                ways: { environment, ports throws(ForwarderError) in
                    try ways(environment, ports, surveys, writers, pauses, pace, &outlets)
                }))
        defer { forwarder.tearDown() }
        let total = UInt64(timeline.frameCount) * UInt64(rounds)
        let limits = recordsJourneys ? recorderLimits(forwarder) : nil
        let collector = FrameCollector(
            outlets, forwarder.group.progress, numberingBelow: limits?.frames.upperBound ?? 0)
        var outcome = try drive(
            forwarder, collector, limits, surveys, total, dropCapture, progress)
        outcome.report.pace = pace.map { paceReport($0, timeline) }
        return outcome
    }

    /// A first pass over each input: what it holds, and whether it can be replayed at all.
    private func openInputs(
        _ progress: (Progress) -> Void
    ) throws(ForwarderError) -> [String: ReplayInput] {
        var opened: [String: ReplayInput] = [:]
        for port in configuration.ports {
            guard let path = inputs[port.name] else { continue }
            opened[port.name] = try ReplayInput(path: path) {
                progress(.reading(ReadingProgress($0)))
                return !Interruption.isRequested
            }
        }
        try ReplayInput.countFromOneSecond(&opened)
        return opened
    }

    /// Captures that hold the times of all frames, whatever their names ask for.
    private func openOutputs(
        _ epoch: Int64, _ timeline: ReplayTimeline
    ) throws(ForwarderError) -> [String: CaptureWriter] {
        let isPcapEnough = CaptureFormat.pcapHolds(from: epoch, to: timeline.end)
        var writers: [String: CaptureWriter] = [:]
        for (port, path) in outputs.sorted(by: { $0.key < $1.key }) {
            do throws(CaptureError) {
                writers[port] = try CaptureWriter(
                    path: path, format: isPcapEnough ? nil : .pcapng, epoch: epoch, interface: port
                ) { Interruption.isRequested }
            } catch {
                throw ForwarderError(error)
            }
        }
        return writers
    }

    /// net_pcap for a port with frames to receive, net_null for another one.
    private func attachments(
        _ inputs: [String: ReplayInput], _ links: CaptureLinks
    ) throws(ForwarderError) -> [Configuration.Device.Attachment] {
        var attachments: [Configuration.Device.Attachment] = []
        for (index, port) in configuration.ports.enumerated() {
            if let input = inputs[port.name], input.survey.frameCount > 0 {
                let link = try links.link(to: input.fileForDevice)
                attachments.append(
                    Configuration.Device.Attachment(
                        bus: "vdev", name: "net_pcap\(index)", arguments: "rx_pcap=\(link)"))
            } else {
                attachments.append(
                    Configuration.Device.Attachment(
                        bus: "vdev", name: "net_null\(index)", arguments: "no-rx=1"))
            }
        }
        return attachments
    }

    private func ways(
        _ environment: PacketEnvironment, _ ports: [AttachedPort],
        _ surveys: [String: CaptureSurvey], _ writers: [String: CaptureWriter],
        _ pauses: [UInt64], _ pace: ReplayPace?, _ outlets: inout [FrameCollector.Outlet]
    ) throws(ForwarderError) -> Forwarder.Ways {
        var transmit: [WorkerGroup.PortDescription.Way] = []
        do throws(DPDKError) {
            for attached in ports {
                guard let writer = writers[attached.planned.name] else {
                    transmit.append(.discard)
                    continue
                }
                var rings: [Ring] = []
                // In lock-step all workers send by one, in the order of exit.
                for worker in 0..<(isLockStep ? 1 : workers) {
                    rings.append(
                        try Ring(
                            name: "collect-\(attached.planned.index)-\(worker)", slots: 1024,
                            numaNode: nil))
                }
                outlets.append(FrameCollector.Outlet(rings: OrderedRings(rings), writer: writer))
                transmit.append(.collector((0..<workers).map { rings[$0 % rings.count] }))
            }
        } catch {
            throw ForwarderError(error, remedy: "lower --workers")
        }
        let inputs = ports.compactMap { attached in
            surveys[attached.planned.name].map {
                ReplaySchedule.Input(
                    port: attached.port.index, times: $0.times, longestFrame: $0.longestFrame)
            }
        }
        let schedule = ReplaySchedule(
            inputs, pool: environment.pools.values.first!,
            mbufDataByteCount: environment.plan.memory.mbufs.dataBytes,
            reserve: environment.plan.memory.mbufs.caches, pauses: pauses,
            burst: intake.inUse(configuration.forward).most, rounds: rounds, pace: pace,
            epoch: surveys.values.first?.epoch ?? 0)
        return Forwarder.Ways(
            transmit: transmit, schedule: schedule, isLockStep: isLockStep)
    }
}
