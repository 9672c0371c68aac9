// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
package import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts the frames that the workers kept into words. Any thread; never makes a worker wait.
package struct DropReading {
    private let group: WorkerGroup
    /// By DPDK's index.
    private let portNames: [UInt16: String]
    private let configuration: Configuration
    private let interfaceNames: InterfaceNames
    private let readAt = (ticks: TimestampCounter.now, time: Timestamp.now)

    package init(_ forwarder: Forwarder) {
        group = forwarder.group
        configuration = forwarder.configuration
        portNames = Dictionary(
            uniqueKeysWithValues: forwarder.ports.map { ($0.port.index, $0.planned.name) })
        interfaceNames = InterfaceNames(configuration, ports: forwarder.ports.map(\.port.index))
    }

    /// The kept frames of a reason, oldest first.
    package func frames(_ reason: DropReason) -> [DroppedFrame] {
        group.readDrops(reason).map(describe)
    }

    /// The kept frames of all reasons, in the order of `DropSample`.
    package var allFrames: [DroppedFrame] {
        let samples = DropReason.allCases.flatMap { group.readDrops($0) }
        return samples.sorted().map(describe)
    }

    /// What came for own addresses and nobody took, the most frames first.
    package var unclaimed: [UnclaimedTrafficCount] {
        group.readUnclaimed().map { key, frames in
            UnclaimedTrafficCount(
                protocol: key?.protocol.word ?? "other", port: key?.port.map(Int.init),
                frames: frames)
        }.sorted {
            ($1.frames, $0.protocol, $0.port ?? -1) < ($0.frames, $1.protocol, $1.port ?? -1)
        }
    }

    /// Counts of a reason; nil when no frame was dropped for it.
    package func count(_ reason: DropReason, _ tallies: TallySet) -> DropCount? {
        let dropped = tallies.dropped(reason)
        guard dropped.frames > 0 else { return nil }
        return DropCount(
            reason: reason.name, summary: reason.summary, frames: dropped.frames,
            bytes: dropped.bytes, kept: group.countDrops(reason))
    }

    private func describe(_ sample: DropSample) -> DroppedFrame {
        sample.bytes.withUnsafeBytes { describe(sample, FrameBytes($0)) }
    }

    private func describe(_ sample: DropSample, _ frame: FrameBytes) -> DroppedFrame {
        // What did not get out has the tags by which it was to leave.
        let interface =
            sample.stage == .transmit ? nil : interfaceNames.name(of: frame, from: sample.port)
        return DroppedFrame(
            reason: sample.reason.name, time: time(sample.time), port: portNames[sample.port],
            interface: interface,
            worker: sample.worker, stage: sample.stage.map { "\($0)" }, length: sample.length,
            flow: FrameSummary.text(of: frame),
            field: DecidingField(
                sample.reason, in: frame, frameLength: sample.length, by: sample.stage,
                on: interface, configuration
            ).map {
                DroppedFrame.Field(name: $0.name, value: $0.value)
            }, bytes: sample.bytes)
    }

    /// Counted back from now, so that only the sample's age is measured with the counter, which runs
    /// wrong by some millionths.
    private func time(_ ticks: UInt64) -> Timestamp {
        guard !group.clock.isVirtual else {
            return Timestamp(nanoseconds: ticks, since: group.schedule?.epoch ?? 0)
        }
        let age = readAt.ticks > ticks ? readAt.ticks - ticks : 0
        let nanoseconds = Double(age) / Double(group.clock.ticksPerSecond) * 1e9
        let now = UInt64(readAt.time.seconds) * 1_000_000_000 + UInt64(readAt.time.nanoseconds)
        return Timestamp(nanoseconds: now - min(now, UInt64(nanoseconds)))
    }
}
