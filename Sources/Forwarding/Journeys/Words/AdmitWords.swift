// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum AdmitWords: StageWords {
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        guard let check = AdmitCheck(note) else { return nil }
        let destination = story.frame.text(.ethernetDestination)
        var facts: [String: JSONValue] = [
            "check": "\(check)", "ethernet.destination": .string(destination),
            "ethernet.etherType": .string(story.frame.text(.ethernetEtherType)),
        ]
        let text =
            switch check {
            case .ownAddress: "for \(destination), the port's own MAC"
            case .groupAddress: "for \(destination), a group's MAC"
            case .anyAddress: "for \(destination), not the port's MAC, but it takes any"
            }
        if let mac = story.teller.port(story.port)?.mac { facts["port.mac"] = "\(mac)" }
        return JourneyStep(stage: "admit", text: "\(text); IPv4", facts: facts)
    }
}
