// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts what the stages told of a frame into words. Nothing here decides anything about a frame: it
/// reads the recorded events, the frame's bytes, and for names the tables that were in force.
package struct JourneyTeller: Sendable {
    /// What a journey says of an interface, or of the port of the same name.
    struct Interface: Sendable {
        let name: String
        /// The port's name.
        let port: String
        let mac: MACAddress
        let mtu: Int
    }

    /// By number; that of a port is DPDK's index.
    let interfaces: [UInt16: Interface]
    package let tables: NamedTables
    /// Of the hash that picked among the next hops of a group.
    let flowSeed: UInt32

    /// The journey's steps and its exits.
    /// - Parameters:
    ///   - port: DPDK's index of the port that the frame came in by.
    ///   - later: who tells of it once it has waited until so many frames had come in.
    func tell(
        _ events: [JourneyEvent], from port: UInt16, later: (Int) -> JourneyTeller
    ) -> (steps: [JourneyStep], exits: [FrameJourney.Exit]) {
        var story = JourneyStory(teller: self, port: port)
        for event in events {
            if case .resumed(let place) = event { story.teller = later(place) }
            story.add(event)
        }
        return (story.steps, story.exits)
    }

    /// Of a port, by DPDK's index, or of an interface by its number.
    package func name(of number: UInt16) -> String {
        interfaces[number]?.name ?? "port \(number)"
    }

    /// The interface that another one is joined to.
    func peer(of number: UInt16) -> Interface? {
        guard let place = tables.numbers.firstIndex(of: number),
            let pair = tables.configuration.crossConnects.first(where: {
                $0.left == place || $0.right == place
            })
        else { return nil }
        return interfaces[tables.numbers[pair.left == place ? pair.right : pair.left]]
    }
}
