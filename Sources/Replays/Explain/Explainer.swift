// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
public import Forwarding
public import FreewayConfiguration
import PacketHeaders

/// Runs frames through a configuration's production stages and tells what each stage did.
public struct Explainer {
    public var replay: Replay

    public init(_ configuration: Configuration) {
        replay = Replay(configuration)
        replay.recordsJourneys = true
    }

    /// The frames of the replay's inputs, in the order in which they enter.
    /// - Parameters:
    ///   - only: a frame of a port's capture, by its number from 1.
    ///   - limit: the most frames that are told of.
    /// - Returns: nil when the capture has no frame `only`.
    public func explainCaptures(
        only: (port: String, number: Int)? = nil, limit: Int, machine: Machine,
        progress: (Replay.Progress) -> Void = { _ in }
    ) throws(ForwarderError) -> Explanation? {
        var replay = replay
        replay.journeyLimits = .whole(frames: 0..<limit)
        replay.journeyLimits.onlyFrame = only
        let outcome = try replay.run(machine: machine, progress: progress)
        guard let journeys = outcome.journeys else { return nil }
        if only != nil, journeys.isEmpty { return nil }
        return Explanation(
            frames: journeys.explained,
            omitted: only == nil ? journeys.frameCount - journeys.count : 0,
            notes: outcome.report.notes)
    }

    /// One frame that a port receives.
    /// - Parameter bytes: 1 to 65,535 of them.
    public func explain(
        _ bytes: [UInt8], from port: String, machine: Machine
    ) throws(ForwarderError) -> Explanation {
        let folder = try PrivateFolder()
        let path = folder.path + "/frame.pcap"
        do throws(CaptureError) {
            let writer = try CaptureWriter(path: path)
            try Self.write(bytes, to: writer)
            try writer.flush()
            try writer.publish()
        } catch {
            throw ForwarderError(error)
        }
        var replay = replay
        replay.inputs = [port: path]
        replay.journeyLimits = .whole(frames: 0..<1)
        let outcome = try replay.run(machine: machine)
        return Explanation(frames: outcome.journeys?.explained ?? [])
    }

    private static func write(
        _ bytes: [UInt8], to writer: CaptureWriter
    ) throws(CaptureError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        try writer.write(UnsafeRawBufferPointer(buffer), time: 0)
    }

    /// The MAC that a port has in a replay; nil for a port that the configuration lacks.
    public func mac(of port: String) -> String? {
        replay.configuration.ports.first { $0.name == port }.map {
            "\($0.mac ?? Configuration.Port.derivedMAC(name: port))"
        }
    }
}

extension FrameJourneys {
    /// Each journey with its frame's bytes.
    var explained: [ExplainedFrame] {
        indices.map { position in
            ExplainedFrame(
                journey: self[position], entryBytes: bytesAtEntry(of: position),
                exitBytes: bytesAtExit(of: position))
        }
    }
}
