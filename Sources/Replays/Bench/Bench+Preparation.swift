// SPDX-License-Identifier: Apache-2.0

import Captures
import Forwarding
import Foundation
import FreewayConfiguration
import PacketHeaders

/// From what is asked for to a configuration with virtual devices and its plan.
extension Bench {
    struct Prepared {
        package let configuration: Configuration
        let plan: Plan
        /// Different frames that each source repeats.
        let frames: Int
        /// Receive queues that have a source.
        let sources: Int
        /// What the user's capture is read from.
        let capture: CaptureFile?
    }

    func prepare(
        _ machine: Machine, in folder: PrivateFolder, _ notes: inout [String],
        _ progress: (Phase) -> Void
    ) throws(ForwarderError) -> Prepared {
        var configuration = adapted(self.configuration ?? BenchConfiguration.builtIn(workload))
        guard let source = BenchConfiguration.source(of: configuration) else {
            throw ForwarderError(
                .badConfiguration,
                "\(configuration.path): no ports are cross-connected, so no frame is forwarded")
        }
        // How many workers there are shows the plan; how many sources, the workers.
        let bare = BenchConfiguration.withVirtualDevices(
            configuration, source: source, captures: [])
        var workers = try plan(bare, machine, heldFrames: 0).workers.count
        if workers > Self.mostWorkers {
            workers = Self.mostWorkers
            configuration.workers = .count(workers)
            notes.append("\(workers) workers, the most that are measured")
        }
        if workload == .handOff, workers < 2 {
            throw ForwarderError(.usage, "hand-off takes 2 workers or more, not \(workers)")
        }
        let sources = workload == .handOff ? 1 : workers
        let captures: [String]
        let frames: Int
        var userCapture: CaptureFile?
        if let capture {
            let survey = try survey(capture, configuration, &notes, progress)
            frames = survey.frames
            if let destination = survey.destination {
                configuration.ports[source].mac = destination
            }
            captures = try Array(repeating: survey.link(in: folder), count: sources)
            userCapture = survey.file
        } else {
            frames = workload.frames
            captures = try generate(configuration, source, sources, in: folder, &notes)
        }
        configuration = BenchConfiguration.withVirtualDevices(
            configuration, source: source, captures: captures)
        return Prepared(
            configuration: configuration,
            plan: try plan(configuration, machine, heldFrames: frames * sources), frames: frames,
            sources: sources, capture: userCapture)
    }

    /// With the workers and pages that the user wants instead.
    private func adapted(_ original: Configuration) -> Configuration {
        var configuration = original
        if let workers { configuration.workers = .count(workers) }
        if let pages { configuration.memory.pages = pages }
        // The bill of the real devices is not that of the virtual ones.
        configuration.memory.megabytes = nil
        return configuration
    }

    private func plan(
        _ configuration: Configuration, _ machine: Machine, heldFrames: Int
    ) throws(ForwarderError) -> Plan {
        do throws(ConfigurationErrors) {
            return try Plan(
                configuration: configuration, machine: machine, heldFrames: heldFrames,
                isSpread: workload != .handOff)
        } catch {
            throw ForwarderError(.badConfiguration, error.description)
        }
    }

    /// Writes a capture for each source, with frames of its own.
    private func generate(
        _ configuration: Configuration, _ source: Int, _ sources: Int, in folder: PrivateFolder,
        _ notes: inout [String]
    ) throws(ForwarderError) -> [String] {
        var destinations: Destinations?
        if configuration.forward == .route {
            destinations =
                workload.hosts > 0
                ? Destinations(
                    hosts: (0..<workload.hosts).map {
                        BenchConfiguration.host($0, workload).address
                    }) : Destinations(configuration)
            guard destinations != nil else {
                throw ForwarderError(
                    .badConfiguration,
                    "\(configuration.path): no route leads to neighbours whose MAC addresses are all "
                        + "known, so every frame would be dropped; add them under neighbours")
            }
        }
        // The smallest frame of Ethernet fits the smallest MTU, which is 68.
        let smallest = configuration.ports.map(\.mtu).min() ?? 1_500
        let longest = 14 + (workload == .fragments ? configuration.ports[source].mtu : smallest)
        let sizes = workload.frameSizes.map { min($0, longest) }
        if sizes != workload.frameSizes {
            notes.append("frames are at most \(longest + 4) bytes long, because of the ports' MTU")
        }
        let port = configuration.ports[source]
        let maker = BenchFrames(
            destinationMAC: port.mac ?? Configuration.Port.derivedMAC(name: port.name),
            destinations: destinations, sizes: sizes, vlans: workload.vlans,
            isMixed: workload.isMixed)
        var captures: [String] = []
        for number in 0..<sources {
            let path = "\(folder.path)/source-\(number).pcap"
            try maker.write(workload.frames, to: path, seed: UInt64(1 + number))
            captures.append(path)
        }
        if let savedCapture {
            try maker.write(workload.frames, to: savedCapture, seed: 1)
        }
        return captures
    }

    /// What a capture of the user's holds.
    private struct UserCapture {
        let file: CaptureFile
        let frames: Int
        /// Of the first frame.
        let destination: MACAddress?

        /// DPDK cannot be given a path with a comma in it.
        func link(in folder: PrivateFolder) throws(ForwarderError) -> String {
            let path = file.readPath
            let link = "\(folder.path)/capture.pcap"
            let target =
                path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
            guard symlink(target, link) == 0 else {
                throw ForwarderError(
                    .outputNotCreated, "\(link): \(String(cString: strerror(errno)))")
            }
            return link
        }
    }

    private func survey(
        _ path: String, _ configuration: Configuration, _ notes: inout [String],
        _ progress: (Phase) -> Void
    ) throws(ForwarderError) -> UserCapture {
        do throws(CaptureError) {
            func watch(_ read: CaptureProgress) -> Bool {
                progress(.reading(ReadingProgress(read)))
                return !Interruption.isRequested
            }
            let file = try CaptureFile(path: path, watch: watch)
            let survey = try CaptureSurvey(file, watch: watch)
            guard survey.frameCount > 0 else {
                throw CaptureError(.malformed, path, "holds no frames to repeat")
            }
            // net_pcap repeats frames of one mbuf each.
            let longest = 14 + max(1_500, configuration.ports.map(\.mtu).max() ?? 0)
            guard survey.longestFrame <= longest else {
                throw CaptureError(
                    .malformed, path,
                    "a frame has \(survey.longestFrame) bytes; at most \(longest) can be repeated")
            }
            notes += survey.notes
            // A frame's bytes are the reader's.
            let reader = try CaptureReader(file)
            defer { withExtendedLifetime(reader) {} }
            let first = try reader.next()
            return UserCapture(
                file: try file.readableByLibpcap(survey, watch: watch), frames: survey.frameCount,
                destination: first.flatMap { frame in
                    guard frame.bytes.count >= 6 else { return nil }
                    let raw = frame.bytes[..<6].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    let address = MACAddress(rawValue: raw)
                    return address.isGroup || raw == 0 ? nil : address
                })
        } catch {
            throw ForwarderError(error)
        }
    }
}
