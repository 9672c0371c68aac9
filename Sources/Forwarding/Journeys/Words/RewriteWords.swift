// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum RewriteWords: StageWords {
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        // The next hop that the route stage has told.
        guard let choice = story.choice, let host = choice.nextHop, let interface = choice.interface
        else { return nil }
        let name = story.teller.name(of: interface)
        return JourneyStep(
            stage: "rewrite", text: "waits for the MAC of \(host) on \(name)",
            facts: ["waitsFor": "\(host)", "waitsFor.interface": .string(name)])
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
        if before.isIPv6, frame.isIPv6 {
            facts.add(before, .ipv6HopLimit, moment: ".before")
            facts.add(frame, .ipv6HopLimit, moment: ".after")
            parts.append(
                "hop limit \(before.text(.ipv6HopLimit)) to \(frame.text(.ipv6HopLimit))")
        }
        if frame.etherType != nil {
            let destination = frame.text(.ethernetDestination)
            facts.add(frame, .ethernetDestination, .ethernetSource)
            parts.append("MACs \(frame.text(.ethernetSource)) > \(destination)")
            if let hop = story.choice?.nextHop,
                let known = story.teller.tables.mac(
                    of: .init(address: hop, interface: story.choice?.interface)),
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
