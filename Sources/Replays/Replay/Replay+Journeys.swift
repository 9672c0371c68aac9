// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import DPDK
import Dataplane
public import Forwarding
import FreewayConfiguration
import Synchronization

extension Replay {
    /// What a replay gives.
    public struct Outcome: Sendable {
        public internal(set) var report: ReplayReport
        /// Nil unless `recordsJourneys` was set.
        public let journeys: FrameJourneys?
    }

    /// How much of a replay is written down for journeys. Memory: about 250 bytes for each frame and
    /// the bytes that are held, twice that while the records are put in order.
    public struct JourneyLimits: Sendable, Equatable {
        /// Frames beyond these have no journey: places in the order in which frames enter, from 0.
        public var frames = 0..<1_000_000
        /// Bytes of each frame held as it came in. The headers that journeys tell of are in the first
        /// 74: Ethernet and the longest IPv4 header.
        public var bytesAtEntry = 128
        /// Bytes of each frame held as it left.
        public var bytesAtExit = 128

        public init() {}

        /// Whether only what came of each frame is written down, and not its steps.
        var onlyExits = false
        /// A frame of a port's capture, by its number from 1: then it alone has a journey.
        public var onlyFrame: (port: String, number: Int)?

        public static func == (left: JourneyLimits, right: JourneyLimits) -> Bool {
            left.frames == right.frames && left.bytesAtEntry == right.bytesAtEntry
                && left.bytesAtExit == right.bytesAtExit && left.onlyExits == right.onlyExits
                && left.onlyFrame?.port == right.onlyFrame?.port
                && left.onlyFrame?.number == right.onlyFrame?.number
        }

        /// Frames with all their bytes.
        public static func whole(frames: Range<Int>) -> JourneyLimits {
            var limits = JourneyLimits()
            limits.frames = frames
            limits.bytesAtEntry = 65_535
            limits.bytesAtExit = 65_535
            return limits
        }
    }

    /// What the workers are to write down.
    func recorderLimits(_ forwarder: Forwarder) -> JourneyRecorder.Limits {
        var frames = journeyLimits.frames.clamped(to: 0..<Int(UInt32.max))
        if let only = journeyLimits.onlyFrame {
            let port = forwarder.ports.first { $0.planned.name == only.port }?.port.index
            let place = port.flatMap { forwarder.schedule?.place(ofFrame: only.number, from: $0) }
            frames = place.map { $0..<$0 + 1 } ?? 0..<0
        }
        return JourneyRecorder.Limits(
            frames: UInt64(frames.lowerBound)..<UInt64(frames.upperBound),
            bytesAtEntry: journeyLimits.bytesAtEntry, bytesAtExit: journeyLimits.bytesAtExit,
            onlyExits: journeyLimits.onlyExits)
    }

    /// Takes what the workers wrote down. They must have returned, and the tables still be there.
    func journeys(
        of forwarder: Forwarder, _ collector: FrameCollector, _ total: UInt64,
        _ tellers: [(from: Int, teller: JourneyTeller)]
    ) -> FrameJourneys? {
        guard recordsJourneys, let log = forwarder.group.takeJourneyLog() else { return nil }
        let end = Int(log.limits.frames.lowerBound) + log.frameCount
        return FrameJourneys(
            log: log, tellers: tellers,
            origins: forwarder.schedule?.origins(count: end) ?? [],
            exitNumbers: collector.exitNumbers, epoch: forwarder.schedule?.epoch ?? 0,
            frameCount: Int(total))
    }
}
