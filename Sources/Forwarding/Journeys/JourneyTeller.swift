// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts what the stages told of a frame into words. Nothing here decides anything about a frame: it
/// reads the recorded events, the frame's bytes, and for names the tables that were in force.
package struct JourneyTeller: Sendable {
    /// What a journey says of a port.
    struct Port: Sendable {
        /// DPDK's index.
        let index: UInt16
        let name: String
        let mac: MACAddress
        let mtu: Int
    }

    /// In the order of the configuration.
    let ports: [Port]
    package let tables: NamedTables
    /// Of the hash that picked among the next hops of a group.
    let flowSeed: UInt32

    /// The journey's steps and its exits.
    /// - Parameter port: DPDK's index of the port that the frame came in by.
    func tell(
        _ events: [JourneyEvent], from port: UInt16
    ) -> (steps: [JourneyStep], exits: [FrameJourney.Exit]) {
        var story = JourneyStory(teller: self, port: port)
        for event in events { story.add(event) }
        return (story.steps, story.exits)
    }

    package func name(of index: UInt16) -> String { port(index)?.name ?? "port \(index)" }

    func port(_ index: UInt16) -> Port? { ports.first { $0.index == index } }

    /// The port that a port is joined to.
    func peer(of index: UInt16) -> Port? {
        guard let place = ports.firstIndex(where: { $0.index == index }),
            let pair = tables.configuration.crossConnects.first(where: {
                $0.left == place || $0.right == place
            })
        else { return nil }
        return ports[pair.left == place ? pair.right : pair.left]
    }
}
