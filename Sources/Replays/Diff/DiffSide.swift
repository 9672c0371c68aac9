// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Forwarding
public import FreewayConfiguration

/// One of the two replays that `freeway diff` compares, in a process of its own.
public struct DiffSide {
    /// Frames beyond this are refused: each takes about 500 bytes while the replay runs.
    public static let mostFrames = 2_000_000

    public var replay: Replay
    /// The ports that have inputs, in the order in which the two sides are compared.
    public var ports: [String]

    public init(_ configuration: Configuration, ports: [String]) {
        replay = Replay(configuration)
        replay.recordsJourneys = true
        replay.journeyLimits.frames = 0..<Self.mostFrames
        // Ethernet, two tags and an IPv6 header: where the packet wants to go.
        replay.journeyLimits.bytesAtEntry = 62
        replay.journeyLimits.bytesAtExit = FrameTreatment.heldBytes
        replay.journeyLimits.onlyExits = true
        self.ports = ports
    }

    /// Replays, and writes what became of each frame.
    /// - Returns: the replay's notes.
    public func run(to path: String, machine: Machine) throws -> [String] {
        let outcome = try replay.run(machine: machine)
        guard let journeys = outcome.journeys else { return [] }
        guard journeys.isComplete else {
            throw ForwarderError(
                .unreadableInput,
                "the captures hold \(journeys.frameCount) frames; at most \(Self.mostFrames) can be "
                    + "compared at once: split them, as with editcap -c")
        }
        let names = replay.configuration.ports.map(\.name) + DropReason.allCases.map(\.name)
        let writer = try TreatmentFile.Writer(path: path, names: names)
        let places = journeys.positionsByPort
        for port in ports {
            let positions = places[port] ?? []
            writer.begin(frames: positions.count)
            for position in positions {
                try writer.write(
                    journeys.treatment(at: position)
                        ?? FrameTreatment(exit: .dropped(reason: DropReason.shutdown.name)))
            }
        }
        try writer.finish()
        return outcome.report.notes
    }
}

extension FrameJourneys {
    /// The positions of each port's frames, in the order of its capture.
    fileprivate var positionsByPort: [String: [Int]] {
        var positions: [UInt16: [Int]] = [:]
        for position in indices { positions[origins[position].port, default: []].append(position) }
        return Dictionary(
            uniqueKeysWithValues: positions.map { (tellers[0].teller.name(of: $0.key), $0.value) })
    }
}
