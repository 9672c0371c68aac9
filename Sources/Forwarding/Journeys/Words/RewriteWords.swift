// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum RewriteWords: StageWords {
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        let host = note.hostWaitedFor
        let name = story.teller.name(of: host.interface)
        return JourneyStep(
            stage: "rewrite", text: "waits for the MAC of \(host.address) on \(name)",
            facts: [
                "waitsFor": "\(host.address)", "waitsFor.interface": .string(name),
            ])
    }

    static func sent(
        _ frame: ToldFrame, by port: UInt16, _ story: JourneyStory
    ) -> JourneyStep? {
        let before = story.frame
        var facts: [String: JSONValue] = [:]
        var parts: [String] = []
        if before.isIPv4, frame.isIPv4 {
            facts.add(before, .ipv4TimeToLive, .ipv4HeaderChecksum, moment: ".before")
            facts.add(frame, .ipv4TimeToLive, .ipv4HeaderChecksum, moment: ".after")
            parts += [
                "ttl \(before.text(.ipv4TimeToLive)) to \(frame.text(.ipv4TimeToLive))",
                "checksum \(before.text(.ipv4HeaderChecksum)) to \(frame.text(.ipv4HeaderChecksum))",
            ]
        }
        if frame.etherType != nil {
            let destination = frame.text(.ethernetDestination)
            facts.add(frame, .ethernetDestination, .ethernetSource)
            parts.append("MACs \(frame.text(.ethernetSource)) > \(destination)")
            if let hop = story.choice?.nextHop,
                let known = story.teller.tables.contents.own.neighbour(at: hop)?.mac,
                "\(known)" != destination
            {
                parts.append(
                    "but \(hop) has another MAC in the configuration: this is a fault of Freeway, "
                        + "please report it")
            }
        }
        if frame.tags != before.tags {
            facts.add(before, .vlanIdentifier, .vlan2Identifier, moment: ".before")
            facts.add(frame, .vlanIdentifier, .vlan2Identifier, moment: ".after")
            parts.append("\(frame.tags ?? "no tag") in the place of \(before.tags ?? "none")")
        }
        if let packet = before.totalLength, let left = frame.totalLength, left < packet {
            facts["fragmented"] = "\(packet)"
            parts.append("in parts, since \(packet) bytes are more than the MTU")
        }
        let behind = before.length - before.headerLength - (before.totalLength ?? .max / 2)
        if behind > 0 {
            facts["frame.length.before"] = "\(before.length)"
            facts["frame.length.after"] = "\(frame.length)"
            parts.append("\(behind) bytes behind the packet cut")
        }
        return JourneyStep(
            stage: "rewrite", text: parts.joined(separator: ", "), facts: facts)
    }
}
