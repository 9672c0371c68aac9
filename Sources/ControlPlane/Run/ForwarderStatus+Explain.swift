// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import Expectations
import Foundation
import FreewayConfiguration
import PacketHeaders
import Synchronization

extension ForwarderStatus {
    /// Walks a copy of the frame through the stages and the tables in force, on a thread of its own.
    func explain(_ request: ExplainRequest) async throws -> Explanation {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { () throws(ControlRefusal) in try self.explainNow(request) })
            }
        }
    }

    private func explainNow(_ request: ExplainRequest) throws(ControlRefusal) -> Explanation {
        let bytes: [UInt8]
        do throws(PacketTextError) {
            bytes = try HexText.frame(request.hex)
        } catch {
            throw ControlRefusal(
                status: 400, ErrorReply(code: "badRequest", message: "hex, \(error)"))
        }
        let names = forwarder.configuration.ports.map(\.name)
        guard names.contains(request.port) else {
            let near = Spelling.nearest(to: request.port, among: names)
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "unknownPort",
                    message: "port: the forwarder has no port \(request.port.prefix(64))",
                    remedy: (near.map { "did you mean \($0)? There" } ?? "there") + " are "
                        + names.joined(separator: ", ")))
        }
        let most = forwarder.plan.memory.mbufs.dataBytes
        guard bytes.count <= most else {
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "badRequest",
                    message: "hex: the frame has \(bytes.count) bytes, a buffer of the forwarder "
                        + "holds \(most)",
                    remedy: "longer frames are explained by freeway explain CONFIG"))
        }
        return try forwarder.activity.during(.explain) { () throws(ControlRefusal) in
            try forwarder.explain(bytes, from: request.port)
        }
    }
}

extension Forwarder {
    /// How long a reload may keep an explanation waiting.
    private static let patience = Duration.seconds(2)

    /// What the stages would do with a frame. Nothing is sent, and nothing is counted.
    ///
    /// Whoever replaces tables holds `updates`, and so does this: the tables stay while it reads them.
    func explain(
        _ bytes: [UInt8], from port: String
    ) throws(ControlRefusal) -> Explanation {
        let result = update(patience: Self.patience) { updates in
            Result { () throws(ControlRefusal) in
                try explainNow(bytes, from: port, updates.routing?.contents)
            }
        }
        guard let result else { throw .tablesAreBusy }
        return try result.get()
    }

    private func explainNow(
        _ bytes: [UInt8], from port: String, _ contents: RouteContents?
    ) throws(ControlRefusal) -> Explanation {
        // A link that changes publishes, and frees, without `updates`.
        let (teller, events) = publishing.withLock { _ in
            let events = ports.first { $0.planned.name == port }.flatMap { attached in
                group.probe(
                    bytes, from: attached.port.index, pool: environment.pool(for: attached.port))
            }
            return (JourneyTeller(self, contents), events)
        }
        guard let events, let attached = ports.first(where: { $0.planned.name == port }) else {
            throw ControlRefusal(
                status: 503,
                ErrorReply(
                    code: "noBuffer", message: "no packet buffer is free",
                    remedy: "the forwarder needs all of them now: try again"))
        }
        let (steps, exit) = teller.tell(events, from: attached.port.index)
        var left: [UInt8]?
        for case .sent(_, let held) in events { left = held.bytes }
        let journey = FrameJourney(
            port: port, frame: 1, time: .now, steps: steps,
            exit: exit ?? .dropped(reason: DropReason.shutdown.name, stage: "receive"))
        return Explanation(
            frames: [ExplainedFrame(journey: journey, entryBytes: bytes, exitBytes: left)])
    }
}
