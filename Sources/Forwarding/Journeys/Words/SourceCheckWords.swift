// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields
import PacketHeaders

enum SourceCheckWords: StageWords {
    static var areKeptByDrops: Bool { true }

    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        guard let check = SourceCheckNote(note), let source = story.frame.source else { return nil }
        let teller = story.teller
        let ways = teller.tables.interfaces(of: check.entry).map(teller.name(of:))
        let inbound = teller.name(of: check.interface)
        var facts: [String: JSONValue] = [
            "sourceCheck": "\(check.demand)",
            story.frame.isIPv6 ? "ipv6.source" : "ipv4.source": "\(source)",
            "interface": .string(inbound), "sourceEntry": "\(check.entry)",
        ]
        var text = "\(source) is in no prefix"
        if let match = teller.tables.contents.longest(of: source, in: story.vrf) {
            facts["sourcePrefix"] = "\(match.prefix)"
            text = "\(source) is in \(match.prefix) (\(match.source))"
        }
        if !ways.isEmpty {
            facts["sourceInterfaces"] = .string(ways.joined(separator: ", "))
            text += ", reached by " + ways.joined(separator: " or ")
        }
        switch check.verdict {
        case .passes: text += check.demand == .strict ? ": as it came" : ", which is enough"
        case .isElsewhere: text += " and not by \(inbound)"
        case .isUnreachable: text += check.entry == 0 ? "" : ", to which nothing leaves"
        }
        return JourneyStep(stage: "sourceCheck", text: text, facts: facts)
    }
}
