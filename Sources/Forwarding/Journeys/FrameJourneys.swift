// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
package import Dataplane

/// The journeys of a replay's frames, in the order in which they entered.
///
/// What the stages told is held packed; a journey is put into words when it is asked for, so that a
/// million of them fit. Immutable.
public struct FrameJourneys: RandomAccessCollection, Sendable {
    package let log: JourneyLog
    /// By the first place that each is for: what is in force may change on the way. Never empty.
    package let tellers: [(from: Int, teller: JourneyTeller)]
    /// By place in the order of the replay.
    package let origins: [ReplaySchedule.Origin]
    /// By place in the order of the replay: the frame's number among those that left its port, 0 where
    /// it left by none that has an output.
    let exitNumbers: [UInt32]
    /// The second that the origins' times count from, counted from 1970.
    let epoch: Int64
    /// Frames that the replay took in; more than `count` where not all were written down.
    public let frameCount: Int

    package init(
        log: JourneyLog, tellers: [(from: Int, teller: JourneyTeller)],
        origins: [ReplaySchedule.Origin], exitNumbers: [UInt32], epoch: Int64, frameCount: Int
    ) {
        self.log = log
        self.tellers = tellers
        self.origins = origins
        self.exitNumbers = exitNumbers
        self.epoch = epoch
        self.frameCount = frameCount
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { log.frameCount }

    /// Whether every frame of the replay has a journey here.
    public var isComplete: Bool { count == frameCount }

    /// Who tells of the frame at a place: in the words of the tables of its time.
    package func teller(at place: Int) -> JourneyTeller {
        (tellers.last { $0.from <= place } ?? tellers[0]).teller
    }

    private func place(_ position: Int) -> Int { Int(log.limits.frames.lowerBound) + position }

    public subscript(position: Int) -> FrameJourney {
        let place = place(position)
        let origin = origins[place]
        let teller = teller(at: place)
        let (steps, exits) = teller.tell(
            log.events(of: position), from: origin.port, later: self.teller(at:))
        var journey = FrameJourney(
            port: teller.name(of: origin.port), frame: origin.number,
            time: Timestamp(nanoseconds: origin.time, since: epoch), steps: steps,
            // Each frame that enters is sent or dropped; a replay that stops early throws.
            exits: exits)
        guard place < exitNumbers.count, exitNumbers[place] > 0 else { return journey }
        // Parts of a packet follow each other.
        let sent = journey.exits.indices.filter { journey.exits[$0].kind == .transmitted }
        for (index, exit) in sent.enumerated() {
            journey.exits[exit].frame = Int(exitNumbers[place]) + index
        }
        return journey
    }

    /// The frame as it came in, as far as it was held.
    public func bytesAtEntry(of position: Int) -> [UInt8] {
        for case .arrived(let held) in log.events(of: position) { return held.bytes }
        return []
    }

    /// The frame as it left, as far as it was held; nil where it did not.
    public func bytesAtExit(of position: Int) -> [UInt8]? {
        for case .sent(_, let held) in log.events(of: position) { return held.bytes }
        return nil
    }

    /// Where the journey of a frame is that came in.
    /// - Parameter frame: its number in the port's capture, from 1.
    public func position(ofFrame frame: Int, from port: String) -> Int? {
        indices.first {
            let place = place($0)
            let origin = origins[place]
            return origin.number == frame && teller(at: place).name(of: origin.port) == port
        }
    }

    /// Where the journey of a frame is that left.
    /// - Parameter frame: its number among the frames that left the port, from 1.
    public func position(ofFrame frame: Int, leaving port: String) -> Int? {
        indices.first { position in
            let place = place(position)
            guard place < exitNumbers.count, exitNumbers[place] > 0 else { return false }
            var number = Int(exitNumbers[place])
            guard number <= frame else { return false }
            for case .sent(let out, _) in log.events(of: position) {
                guard teller(at: place).name(of: out) == port else { return false }
                if number == frame { return true }
                number += 1
            }
            return false
        }
    }
}
