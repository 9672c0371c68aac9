// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
import Dataplane
import FreewayConfiguration
import Synchronization

extension Forwarder {
    /// How long a reload may keep an explanation waiting.
    private static let patience = Duration.seconds(2)

    /// What the stages would do with a frame. Nothing is sent, and nothing is counted.
    ///
    /// Whoever replaces tables has the turn, and so has this: the tables stay while it reads them.
    package func explain(
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
        // A link that changes publishes, and frees, without the turn.
        let (teller, events) = control.perform("explain") { [self] in
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
        let (steps, exits) = teller.tell(events, from: attached.port.index) { _ in teller }
        var left: [UInt8]?
        // Of a packet that leaves in parts the first.
        for case .sent(_, let held) in events where left == nil { left = held.bytes }
        let journey = FrameJourney(
            port: port, frame: 1, time: .now, steps: steps,
            exits: exits)
        return Explanation(
            frames: [ExplainedFrame(journey: journey, entryBytes: bytes, exitBytes: left)])
    }
}
