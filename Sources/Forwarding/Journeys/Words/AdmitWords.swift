// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum AdmitWords: StageWords {
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        guard let admitted = AdmitNote(note) else { return nil }
        let check = admitted.check
        let destination = story.frame.text(.ethernetDestination)
        var facts: [String: JSONValue] = [
            "check": "\(check)", "ethernet.destination": .string(destination),
            "ethernet.etherType": .string(story.frame.text(.ethernetEtherType)),
        ]
        var text =
            switch check {
            case .ownAddress: "for \(destination), the port's own MAC"
            case .groupAddress: "for \(destination), a group's MAC"
            case .anyAddress: "for \(destination), not the port's MAC, but it takes any"
            case .learnt: "ends here: it tells the MAC of a host that was asked for, or known"
            }
        if let mac = story.teller.interfaces[story.port]?.mac { facts["port.mac"] = "\(mac)" }
        if let interface = admitted.interface {
            story.interface = interface
            let name = story.teller.name(of: interface)
            facts["interface"] = .string(name)
            facts.add(story.frame, .vlanIdentifier, .vlan2Identifier)
            text +=
                interface == story.port
                ? "; its tag has a priority alone, which counts as none"
                : "; its tags are those of \(name)"
        }
        return JourneyStep(
            stage: "admit",
            text: check == .learnt ? text : text + (story.frame.isIPv6 ? "; IPv6" : "; IPv4"),
            facts: facts)
    }
}
